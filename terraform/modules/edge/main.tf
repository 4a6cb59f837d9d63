# The way in: one address, a certificate, Cloud Armor, and behind it the HTTP functions by host. They take traffic from here alone (ingress), so nobody comes past the rules.

resource "google_compute_global_address" "this" {
  project = var.project
  name    = "latchkey"
}

resource "google_compute_managed_ssl_certificate" "this" {
  project = var.project
  name    = "latchkey-${substr(sha256(join(",", sort(keys(var.hosts)))), 0, 8)}"

  managed {
    domains = sort(keys(var.hosts))
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_ssl_policy" "this" {
  project         = var.project
  name            = "latchkey"
  profile         = "RESTRICTED"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_security_policy" "this" {
  project = var.project
  name    = "latchkey"
  type    = "CLOUD_ARMOR"

  # Before every other rule: the throttle would let in whoever it does not slow down.
  dynamic "rule" {
    for_each = var.closed ? [1] : []
    content {
      priority    = 1
      action      = "deny(403)"
      description = "Closed for everybody."
      match {
        versioned_expr = "SRC_IPS_V1"
        config {
          src_ip_ranges = ["*"]
        }
      }
    }
  }

  dynamic "rule" {
    for_each = var.attacks
    content {
      priority    = 100 + rule.key
      action      = "deny(403)"
      description = "Known attacks: ${rule.value}"
      match {
        expr {
          expression = "evaluatePreconfiguredWaf('${rule.value}', {'sensitivity': 1})"
        }
      }
    }
  }

  rule {
    priority    = 1000
    action      = "throttle"
    description = "So many requests of one address, whatever they are."
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"
      rate_limit_threshold {
        count        = var.per_address.count
        interval_sec = var.per_address.seconds
      }
    }
  }

  rule {
    priority    = 2147483647
    action      = "allow"
    description = "Everything else: the functions authenticate every caller themselves."
    match {
      versioned_expr = "SRC_IPS_V1"
      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

resource "google_compute_region_network_endpoint_group" "this" {
  for_each              = toset(values(var.hosts))
  project               = var.project
  name                  = "latchkey-${each.key}"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = each.key
  }
}

resource "google_compute_backend_service" "this" {
  for_each              = toset(values(var.hosts))
  project               = var.project
  name                  = "latchkey-${each.key}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.this.id

  backend {
    group = google_compute_region_network_endpoint_group.this[each.key].id
  }

  log_config {
    enable      = true
    sample_rate = var.logged_share
  }
}

resource "google_compute_url_map" "this" {
  project         = var.project
  name            = "latchkey"
  default_service = google_compute_backend_service.this[var.default].id

  dynamic "host_rule" {
    for_each = var.hosts
    content {
      hosts        = [host_rule.key]
      path_matcher = host_rule.value
    }
  }

  dynamic "path_matcher" {
    for_each = toset(values(var.hosts))
    content {
      name            = path_matcher.key
      default_service = google_compute_backend_service.this[path_matcher.key].id
    }
  }
}

resource "google_compute_target_https_proxy" "this" {
  project          = var.project
  name             = "latchkey"
  url_map          = google_compute_url_map.this.id
  ssl_certificates = [google_compute_managed_ssl_certificate.this.id]
  ssl_policy       = google_compute_ssl_policy.this.id
}

resource "google_compute_global_forwarding_rule" "this" {
  project               = var.project
  name                  = "latchkey"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.this.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.this.id
}
