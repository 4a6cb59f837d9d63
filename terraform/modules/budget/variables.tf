variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "project_number" {
  description = "Its number."
  type        = string
}

variable "billing_account" {
  description = "Who pays: 000000-000000-000000."
  type        = string

  validation {
    condition     = can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "Three groups of six hexadecimal digits."
  }
}

variable "monthly" {
  description = "Whole units of the billing account's currency."
  type        = number

  validation {
    condition     = var.monthly >= 1 && floor(var.monthly) == var.monthly
    error_message = "A whole number above 0."
  }
}
