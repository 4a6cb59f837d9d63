# The way in: one address, a certificate, Cloud Armor, and behind it the HTTP functions and the static files of Hosting, by host and path. Functions take traffic
# from here alone (ingress), so nobody comes past the rules.

locals {
  hosts     = sort([for door in var.doors : door.host])
  functions = toset(concat([for door in var.doors : door.function if door.function != null], flatten([for door in var.doors : values(door.paths)])))
  sites     = { for name, door in var.doors : name => "${door.site}.web.app" if door.site != null }

  # Ids as Google makes them, so that they are known while planning.
  global   = "projects/${var.project}/global"
  backends = { for name, backend in google_compute_backend_service.this : name => "${local.global}/backendServices/${backend.name}" }
  statics  = { for name, backend in google_compute_backend_service.site : name => "${local.global}/backendServices/${backend.name}" }
}

resource "google_compute_global_address" "this" {
  project = var.project
  name    = "latchkey"
}

resource "google_compute_managed_ssl_certificate" "this" {
  project = var.project
  name    = "latchkey-${substr(sha256(join(",", local.hosts)), 0, 8)}"

  managed {
    domains = local.hosts
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

  # Thousands of processes of ours may come from a handful of addresses.
  dynamic "rule" {
    for_each = length(var.own_addresses) == 0 ? [] : [1]
    content {
      priority    = 900
      action      = "allow"
      description = "Services of ours: slowed down by nobody here."
      match {
        versioned_expr = "SRC_IPS_V1"
        config {
          src_ip_ranges = var.own_addresses
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
  for_each              = local.functions
  project               = var.project
  name                  = "latchkey-${each.key}"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = each.key
  }
}

resource "google_compute_backend_service" "this" {
  for_each              = local.functions
  project               = var.project
  name                  = "latchkey-${each.key}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.this.id

  # Files have it from Hosting, as `firebase.json` says.
  custom_response_headers = ["Strict-Transport-Security: max-age=63072000; includeSubDomains"]

  backend {
    group = google_compute_region_network_endpoint_group.this[each.key].id
  }

  log_config {
    enable      = true
    sample_rate = var.logged_share
  }
}

# Hosting is reached by its public name, as by anybody: it keeps the files and their headers, and knows its sites by that name alone.
resource "google_compute_global_network_endpoint_group" "site" {
  for_each              = local.sites
  project               = var.project
  name                  = "latchkey-site-${each.key}"
  network_endpoint_type = "INTERNET_FQDN_PORT"
  default_port          = 443
}

resource "google_compute_global_network_endpoint" "site" {
  for_each                      = local.sites
  project                       = var.project
  global_network_endpoint_group = google_compute_global_network_endpoint_group.site[each.key].name
  fqdn                          = each.value
  port                          = 443
}

resource "google_compute_backend_service" "site" {
  for_each              = local.sites
  project               = var.project
  name                  = "latchkey-site-${each.key}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.this.id

  backend {
    group = "${local.global}/networkEndpointGroups/${google_compute_global_network_endpoint_group.site[each.key].name}"
  }

  log_config {
    enable      = true
    sample_rate = var.logged_share
  }
}

# The longest path that matches counts, whatever the order; what none matches is a static file, for which alone Hosting must see its own name.
resource "google_compute_url_map" "this" {
  project         = var.project
  name            = "latchkey"
  default_service = local.backends[var.default]

  dynamic "host_rule" {
    for_each = var.doors
    content {
      hosts        = [host_rule.value.host]
      path_matcher = host_rule.key
    }
  }

  dynamic "path_matcher" {
    for_each = var.doors
    iterator = door
    content {
      name            = door.key
      default_service = door.value.site == null ? local.backends[door.value.function] : local.statics[door.key]

      dynamic "default_route_action" {
        for_each = door.value.site == null ? [] : [local.sites[door.key]]
        content {
          url_rewrite {
            host_rewrite = default_route_action.value
          }
        }
      }

      dynamic "path_rule" {
        for_each = transpose({ for path, name in door.value.paths : path => [name] })
        content {
          paths   = sort(path_rule.value)
          service = local.backends[path_rule.key]
        }
      }
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
