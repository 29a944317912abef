"""A fleet of real processes on loopback: for the load test, the benches and the tests of faults."""
