output "address" {
  description = "The address that the hosts' DNS names."
  value       = google_compute_global_address.this.address
}

output "trusted_hops" {
  description = "`LK_TRUSTED_HOPS` of the functions: the load balancer appends the client and itself."
  value       = 2
}
