variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "mail" {
  description = "Whom alarms are mailed to: name → address."
  type        = map(string)

  validation {
    condition     = length(var.mail) >= 1
    error_message = "Somebody must hear of an alarm."
  }
}

variable "watched" {
  description = "Addresses that are looked at from outside each minute, and which runbook helps when one does not answer."
  type        = map(object({ host = string, path = string, runbook = string }))
  default     = {}
}

variable "logged" {
  description = "Alarms on log lines: what they look like, how many within how many seconds are too many, and which runbook helps."
  type = map(object({
    says           = string
    filter         = string
    more_than      = optional(number, 0)
    within_seconds = optional(number, 300)
    runbook        = string
  }))
}

variable "timed" {
  description = "Alarms on how long something takes: the log lines that say it, the field that has the milliseconds, and how many every hundredth may take."
  type = map(object({
    says        = string
    filter      = string
    field       = optional(string, "milliseconds")
    more_than   = number
    for_seconds = optional(number, 600)
    runbook     = string
  }))
  default = {}
}

variable "measured" {
  description = "Alarms on metrics of Google Cloud."
  type = map(object({
    says        = string
    filter      = string
    more_than   = number
    for_seconds = optional(number, 300)
    aligner     = optional(string, "ALIGN_MAX")
    runbook     = string
  }))
  default = {}
}

variable "silent" {
  description = "Alarms on calls that do not come: the Cloud Run service that ought to have answered one well within so many seconds."
  type = map(object({
    says        = string
    service     = string
    for_seconds = number
    runbook     = string
  }))
  default = {}

  validation {
    condition     = alltrue([for one in var.silent : one.for_seconds >= 120 && one.for_seconds <= 84600 && one.for_seconds % 60 == 0])
    error_message = "Whole minutes, from two to 23 hours and a half: longer silence cannot be heard."
  }
}
