# An alarm for each promise, a page that shows them, and a look from outside.

locals {
  # Where nothing is logged there is no data, and an incident without data stays open for a week: until then the next trouble would wake nobody.
  closes_after = "1800s"
}

resource "google_monitoring_notification_channel" "this" {
  for_each     = var.mail
  project      = var.project
  display_name = "Latchkey: ${each.key}"
  type         = "email"
  labels       = { email_address = each.value }
}

resource "google_logging_metric" "this" {
  for_each = var.logged
  project  = var.project
  name     = "latchkey/${each.key}"
  filter   = "resource.type=\"cloud_run_revision\" AND ${each.value.filter}"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"
  }
}

resource "google_monitoring_alert_policy" "logged" {
  for_each              = var.logged
  project               = var.project
  display_name          = each.value.says
  combiner              = "OR"
  notification_channels = [for one in google_monitoring_notification_channel.this : one.id]

  conditions {
    display_name = each.value.says
    condition_threshold {
      filter          = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.this[each.key].name}\" AND resource.type=\"cloud_run_revision\""
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.more_than
      duration        = "0s"
      aggregations {
        alignment_period     = "${each.value.within_seconds}s"
        per_series_aligner   = "ALIGN_SUM"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  alert_strategy {
    auto_close = local.closes_after
  }

  documentation {
    mime_type = "text/markdown"
    content   = "${each.value.says}. What to do: `docs/runbooks/${each.value.runbook}.md`."
  }
}

# How long something takes, as our own log lines say: a stream's line is written when it begins, so that streams are no slow answers.
resource "google_logging_metric" "timed" {
  for_each        = var.timed
  project         = var.project
  name            = "latchkey/${each.key}"
  filter          = "resource.type=\"cloud_run_revision\" AND ${each.value.filter}"
  value_extractor = "EXTRACT(jsonPayload.${each.value.field})"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = "ms"
  }

  bucket_options {
    exponential_buckets {
      num_finite_buckets = 64
      growth_factor      = 1.2
      scale              = 1
    }
  }
}

resource "google_monitoring_alert_policy" "timed" {
  for_each              = var.timed
  project               = var.project
  display_name          = each.value.says
  combiner              = "OR"
  notification_channels = [for one in google_monitoring_notification_channel.this : one.id]

  conditions {
    display_name = each.value.says
    condition_threshold {
      filter          = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.timed[each.key].name}\" AND resource.type=\"cloud_run_revision\""
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.more_than
      duration        = "${each.value.for_seconds}s"
      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_PERCENTILE_99"
      }
    }
  }

  alert_strategy {
    auto_close = local.closes_after
  }

  documentation {
    mime_type = "text/markdown"
    content   = "${each.value.says}. What to do: `docs/runbooks/${each.value.runbook}.md`."
  }
}

resource "google_monitoring_alert_policy" "measured" {
  for_each              = var.measured
  project               = var.project
  display_name          = each.value.says
  combiner              = "OR"
  notification_channels = [for one in google_monitoring_notification_channel.this : one.id]

  conditions {
    display_name = each.value.says
    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.more_than
      duration        = "${each.value.for_seconds}s"
      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = each.value.aligner
        cross_series_reducer = "REDUCE_MAX"
      }
    }
  }

  alert_strategy {
    auto_close = local.closes_after
  }

  documentation {
    mime_type = "text/markdown"
    content   = "${each.value.says}. What to do: `docs/runbooks/${each.value.runbook}.md`."
  }
}

resource "google_monitoring_uptime_check_config" "this" {
  for_each     = var.watched
  project      = var.project
  display_name = "https://${each.value.host}${each.value.path}"
  timeout      = "10s"
  period       = "60s"

  http_check {
    path         = each.value.path
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }

  monitored_resource {
    type   = "uptime_url"
    labels = { project_id = var.project, host = each.value.host }
  }
}

resource "google_monitoring_alert_policy" "down" {
  for_each              = var.watched
  project               = var.project
  display_name          = "https://${each.value.host}${each.value.path} does not answer"
  combiner              = "OR"
  notification_channels = [for one in google_monitoring_notification_channel.this : one.id]

  conditions {
    display_name = "https://${each.value.host}${each.value.path} does not answer"
    condition_threshold {
      filter          = "metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\" AND metric.labels.check_id=\"${google_monitoring_uptime_check_config.this[each.key].uptime_check_id}\" AND resource.type=\"uptime_url\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "120s"
      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }

  alert_strategy {
    auto_close = local.closes_after
  }

  documentation {
    mime_type = "text/markdown"
    content   = "https://${each.value.host}${each.value.path} does not answer. What to do: `docs/runbooks/${each.value.runbook}.md`."
  }
}

# Whoever is never called says nothing of it: a schedule that is dead is known by the calls that do not come.
resource "google_monitoring_alert_policy" "silent" {
  for_each              = var.silent
  project               = var.project
  display_name          = each.value.says
  combiner              = "OR"
  notification_channels = [for one in google_monitoring_notification_channel.this : one.id]

  conditions {
    display_name = each.value.says
    condition_absent {
      filter   = "metric.type=\"run.googleapis.com/request_count\" AND metric.label.response_code_class=\"2xx\" AND resource.type=\"cloud_run_revision\" AND resource.label.service_name=\"${each.value.service}\""
      duration = "${each.value.for_seconds}s"
      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_SUM"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "${each.value.says}. What to do: `docs/runbooks/${each.value.runbook}.md`."
  }
}

resource "google_monitoring_dashboard" "this" {
  project = var.project
  dashboard_json = jsonencode({
    displayName = "Latchkey"
    mosaicLayout = {
      columns = 12
      tiles = [
        for index, alarm in concat(
          [for name, one in var.logged : { says = one.says, filter = "metric.type=\"logging.googleapis.com/user/latchkey/${name}\" AND resource.type=\"cloud_run_revision\"", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM" }],
          [for name, one in var.timed : { says = one.says, filter = "metric.type=\"logging.googleapis.com/user/latchkey/${name}\" AND resource.type=\"cloud_run_revision\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_PERCENTILE_99" }],
          [for name, one in var.measured : { says = one.says, filter = one.filter, aligner = one.aligner, reducer = "REDUCE_MAX" }],
          [for name, one in var.silent : { says = one.says, filter = "metric.type=\"run.googleapis.com/request_count\" AND metric.label.response_code_class=\"2xx\" AND resource.type=\"cloud_run_revision\" AND resource.label.service_name=\"${one.service}\"", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM" }],
          [for name, one in var.watched : { says = "https://${one.host}${one.path} does not answer", filter = "metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type=\"uptime_url\" AND resource.label.host=\"${one.host}\"", aligner = "ALIGN_FRACTION_TRUE", reducer = "REDUCE_MEAN" }],
          # Google leaves zeros out of what it keeps: said here, they would be a change in every plan.
          ) : merge({ for edge, at in { xPos = (index % 3) * 4, yPos = floor(index / 3) * 4 } : edge => at if at > 0 }, {
            width  = 4
            height = 4
            widget = {
              title = alarm.says
              xyChart = {
                dataSets = [{
                  timeSeriesQuery = {
                    timeSeriesFilter = {
                      filter      = alarm.filter
                      aggregation = { alignmentPeriod = "60s", perSeriesAligner = alarm.aligner, crossSeriesReducer = alarm.reducer }
                    }
                  }
                }]
              }
            }
        })
      ]
    }
  })
}
