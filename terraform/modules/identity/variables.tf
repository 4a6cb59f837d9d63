variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "domains" {
  description = "Hosts whose pages may sign people in; no wildcard, no localhost."
  type        = list(string)

  validation {
    condition     = length(var.domains) >= 1 && alltrue([for one in var.domains : can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", one))])
    error_message = "Host names such as app.example.com."
  }
}

variable "app_check" {
  description = "Whether requests without App Check are refused. ENFORCED shuts everybody out until a web app is registered with it."
  type        = string
  default     = "UNENFORCED"

  validation {
    condition     = contains(["UNENFORCED", "ENFORCED"], var.app_check)
    error_message = "UNENFORCED or ENFORCED."
  }
}

variable "closed" {
  description = "Whether nobody can make an account by themselves."
  type        = bool
  default     = false
}
