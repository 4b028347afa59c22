"""Read Persian reports and return metric facts, with the characters that prove them."""
