variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "name" {
  description = "Name of the bucket, unique in the world."
  type        = string
}

variable "location" {
  description = "Region or multi-region of the bucket."
  type        = string
}

variable "retention_days" {
  description = "How long each object stays: as long as the audit log, seven years at least."
  type        = number
  default     = 2557

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 36500
    error_message = "1 day to 100 years."
  }
}

variable "locked" {
  description = "Whether the retention can never be shortened again. True wherever the log must be believed."
  type        = bool
}

variable "creators" {
  description = "Who adds objects, and reads them back: name → member."
  type        = map(string)
}

variable "readers" {
  description = "Who reads objects: name → member."
  type        = map(string)
  default     = {}
}
