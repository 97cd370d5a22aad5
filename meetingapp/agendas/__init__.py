"""The items of a meeting: order, numbers, programme, times."""
