# The key ring: `envelope` wraps our own signing keys, `webhooks` the secrets of webhook endpoints, `seal` signs the audit log. Whoever calls customers' endpoints opens no signing key.

resource "google_kms_key_ring" "this" {
  project  = var.project
  name     = "latchkey"
  location = var.location

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_kms_crypto_key" "wrapping" {
  for_each                   = toset(["envelope", "webhooks"])
  name                       = each.key
  key_ring                   = google_kms_key_ring.this.id
  purpose                    = "ENCRYPT_DECRYPT"
  rotation_period            = "${var.rotation_days * 86400}s"
  destroy_scheduled_duration = "${var.destroy_days * 86400}s"

  version_template {
    algorithm        = "GOOGLE_SYMMETRIC_ENCRYPTION"
    protection_level = var.protection_level
  }

  lifecycle {
    prevent_destroy = true
  }
}

# Its versions are made, published and retired by `rotateSigningKeys`: asymmetric keys never rotate by themselves.
resource "google_kms_crypto_key" "seal" {
  name                          = "seal"
  key_ring                      = google_kms_key_ring.this.id
  purpose                       = "ASYMMETRIC_SIGN"
  skip_initial_version_creation = true
  destroy_scheduled_duration    = "${var.destroy_days * 86400}s"

  version_template {
    algorithm        = "EC_SIGN_P256_SHA256"
    protection_level = var.protection_level
  }

  lifecycle {
    prevent_destroy = true
  }
}

# Makes and destroys versions, and can sign and read nothing.
resource "google_project_iam_custom_role" "version_keeper" {
  project     = var.project
  role_id     = "latchkeyKeyVersionKeeper"
  title       = "Latchkey: keeps key versions"
  description = "Creates, lists and destroys versions of a key, and reads public keys."
  permissions = [
    "cloudkms.cryptoKeyVersions.create",
    "cloudkms.cryptoKeyVersions.destroy",
    "cloudkms.cryptoKeyVersions.get",
    "cloudkms.cryptoKeyVersions.list",
    "cloudkms.cryptoKeyVersions.viewPublicKey",
  ]
}

locals {
  # As the key's own attribute will say, but known while planning, so that a plan can be judged.
  ring = "projects/${var.project}/locations/${var.location}/keyRings/${google_kms_key_ring.this.name}"
  keys = {
    envelope = "${local.ring}/cryptoKeys/${google_kms_crypto_key.wrapping["envelope"].name}"
    webhooks = "${local.ring}/cryptoKeys/${google_kms_crypto_key.wrapping["webhooks"].name}"
    seal     = "${local.ring}/cryptoKeys/${google_kms_crypto_key.seal.name}"
  }
  roles = {
    wrap_keys     = { key = "envelope", role = "roles/cloudkms.cryptoKeyEncrypter" }
    open_keys     = { key = "envelope", role = "roles/cloudkms.cryptoKeyDecrypter" }
    wrap_webhooks = { key = "webhooks", role = "roles/cloudkms.cryptoKeyEncrypter" }
    open_webhooks = { key = "webhooks", role = "roles/cloudkms.cryptoKeyDecrypter" }
    sign          = { key = "seal", role = "roles/cloudkms.signer" }
    publish       = { key = "seal", role = "roles/cloudkms.publicKeyViewer" }
    keep          = { key = "seal", role = "projects/${var.project}/roles/${google_project_iam_custom_role.version_keeper.role_id}" }
    look          = { key = "seal", role = "roles/cloudkms.viewer" }
  }
  grants = merge([
    for use, members in var.uses : { for name, member in members : "${use} ${name}" => { use = use, member = member } }
  ]...)
}

resource "google_kms_crypto_key_iam_member" "this" {
  for_each      = local.grants
  crypto_key_id = local.keys[local.roles[each.value.use].key]
  role          = local.roles[each.value.use].role
  member        = each.value.member
}
