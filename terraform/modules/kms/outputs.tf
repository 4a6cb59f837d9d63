output "key_ring" {
  description = "`LK_KMS_KEY_RING` of the functions."
  value       = local.ring
}
