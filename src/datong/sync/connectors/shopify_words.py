"""The documents we send to Shopify, and what a person can do about its refusals."""

STOCK = """
mutation stock($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { code field message }
  }
}
"""
PRICES = """
mutation prices($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $productId, variants: $variants) {
    productVariants { id price }
    userErrors { code field message }
  }
}
"""
TEXTS = """
mutation texts($product: ProductUpdateInput!) {
  productUpdate(product: $product) { product { id } userErrors { field message } }
}
"""
LISTINGS = """
query listings($first: Int!, $after: String) {
  productVariants(first: $first, after: $after) {
    nodes {
      id sku displayName price updatedAt
      product { id title descriptionHtml }
      inventoryItem {
        id
        inventoryLevels(first: 50) { nodes { location { id } quantities(names: ["available"]) { name quantity } } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
ORDER = """
query order($id: ID!) {
  order(id: $id) {
    id cancelledAt
    fulfillmentOrders(first: 20) { nodes { id status } }
    transactions(first: 20) { id kind gateway }
  }
}
"""
TAG = """
mutation tag($id: ID!, $tags: [String!]!) {
  tagsAdd(id: $id, tags: $tags) { userErrors { field message } }
}
"""
PICKUP = """
mutation pickup($input: FulfillmentOrderLineItemsPreparedForPickupInput!) {
  fulfillmentOrderLineItemsPreparedForPickup(input: $input) { userErrors { code field message } }
}
"""
SHIP = """
mutation ship($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id status } userErrors { field message } }
}
"""
CANCEL = """
mutation cancel($orderId: ID!, $reason: OrderCancelReason!, $restock: Boolean!,
                $refundMethod: OrderCancelRefundMethodInput, $notifyCustomer: Boolean, $staffNote: String) {
  orderCancel(orderId: $orderId, reason: $reason, restock: $restock, refundMethod: $refundMethod,
              notifyCustomer: $notifyCustomer, staffNote: $staffNote) {
    job { id done }
    orderCancelUserErrors { code field message }
  }
}
"""
REFUND = """
mutation refund($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) { refund { id } userErrors { field message } }
}
"""

FIX = "Read what Shopify says, mend it there or here, then send again."
FIXES = {
    "item_not_stocked_at_location": "Stock the product at this location in Shopify, or map our store to another one.",
    "invalid_location": "Map our store to a location that exists in Shopify.",
    "invalid_inventory_item": "The product was deleted in Shopify or is not tracked there: learn the products again.",
    "product_variant_does_not_exist": "The variant was deleted in Shopify: learn the products again.",
    "product_does_not_exist": "The product was deleted in Shopify: learn the products again.",
}
