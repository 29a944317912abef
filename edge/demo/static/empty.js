// Stands where a vendor's script would: the demo calls no vendor's server.
