variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "regions" {
  description = "Where messages may lie."
  type        = list(string)
}

variable "topics" {
  description = "By name: who publishes (name → member) and which functions subscribe. A topic that nobody hears is refused (CATALOGUE F-21)."
  type = map(object({
    publishers  = map(string)
    subscribers = list(string)
  }))

  validation {
    condition     = alltrue([for one in var.topics : length(one.subscribers) > 0])
    error_message = "Every topic needs a subscriber."
  }

  validation {
    condition     = alltrue(flatten([for one in var.topics : [for member in values(one.publishers) : startswith(member, "serviceAccount:")]]))
    error_message = "Only service accounts publish."
  }
}
