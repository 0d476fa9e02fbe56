"""Adverts 广告 that partner companies buy on the brand's doors."""
