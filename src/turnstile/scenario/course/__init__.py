"""What happens to a case while it runs: steps, faults on order, declared results of Tasks."""
