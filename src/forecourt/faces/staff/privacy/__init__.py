"""What the dealer answers for towards its customers: how long things are kept, who else sees them, how consent is confirmed."""
