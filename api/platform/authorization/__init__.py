"""Authorization: who may act for whom."""
