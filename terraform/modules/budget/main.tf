# What the project may cost in a month, and who hears when it is half, most and all of it.

resource "google_billing_budget" "this" {
  billing_account = var.billing_account
  display_name    = "Latchkey ${var.project}"

  budget_filter {
    projects = ["projects/${var.project_number}"]
  }

  amount {
    specified_amount {
      units = tostring(var.monthly) # without a currency it is the billing account's; another is refused
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1]
    content {
      threshold_percent = threshold_rules.value
    }
  }

  threshold_rules {
    threshold_percent = 1
    spend_basis       = "FORECASTED_SPEND"
  }
}
