output "alarms" {
  description = "What is said when, by name."
  value       = merge({ for name, one in var.silent : name => one.says }, { for name, one in var.logged : name => one.says }, { for name, one in var.timed : name => one.says }, { for name, one in var.measured : name => one.says })
}
