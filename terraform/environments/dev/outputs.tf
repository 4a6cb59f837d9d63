output "settings" {
  description = "Settings of the functions."
  value       = module.latchkey.settings
}

output "address" {
  description = "What the DNS names."
  value       = module.latchkey.address
}

output "service_accounts" {
  description = "By function."
  value       = module.latchkey.service_accounts
}

output "topics" {
  description = "By topic: the functions that hear it."
  value       = module.latchkey.topics
}
