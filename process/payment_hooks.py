"""What the app's own code says of a payment: the order, and its lines."""

from payments.orders import Order, OrderLine

__all__ = ["Order", "OrderLine"]
