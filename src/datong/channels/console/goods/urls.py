"""Addresses of the product factory."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.goods import edit, listing, pictures, product, ranges, templates

urlpatterns: list[URLPattern] = [
    path("goods/", listing.goods, name="goods"),
    path("goods/export.csv", listing.export, name="goods-csv"),
    path("goods/new/", edit.new, name="goods-new"),
    path("goods/templates/", templates.templates, name="goods-templates"),
    path("goods/templates/new/", templates.new, name="goods-template-new"),
    path("goods/templates/t/<str:code>/undo/", templates.undo, name="goods-template-undo"),
    path("goods/templates/t/<str:code>/", templates.template, name="goods-template"),
    path("goods/templates/t/<str:code>/remove/", templates.remove, name="goods-template-remove"),
    path("goods/categories/", ranges.categories, name="goods-categories"),
    path("goods/assortments/", ranges.assortments, name="goods-assortments"),
    path("goods/p/<str:code>/", product.product, name="goods-product"),
    path("goods/p/<str:code>/edit/", edit.edit, name="goods-edit"),
    path("goods/p/<str:code>/pictures/", pictures.pictures, name="goods-pictures"),
    path("goods/p/<str:code>/pictures/<uuid:picture>/back/", pictures.back, name="goods-picture-back"),
    path("goods/pictures/<str:digest>/<str:size>/", pictures.serve, name="goods-picture"),
    path("goods/p/<str:code>/state/", product.state, name="goods-state"),
    path("goods/p/<str:code>/derive/", product.derive, name="goods-derive"),
]
