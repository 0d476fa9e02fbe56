"""Who moves money for a brand: Stripe, WeChat Pay v3, Alipay. Each is a `payments.ports.Client` around its library."""
