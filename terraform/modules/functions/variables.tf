variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "functions" {
  description = "By name, as `functions/src/index.ts` exports it: why it is there, what it may do in the project, and to whose task queues it adds."
  type = map(object({
    why      = string
    may      = list(string)
    tasks_of = optional(list(string), [])
  }))

  validation {
    condition     = alltrue(flatten([for one in var.functions : [for use in one.may : contains(["read_data", "write_data", "read_people", "shut_people", "hear_events", "add_tasks"], use)]]))
    error_message = "A function may read_data or write_data, read_people or shut_people, hear_events, add_tasks."
  }

  validation {
    condition     = alltrue([for one in var.functions : contains(one.may, "add_tasks") == (length(one.tasks_of) > 0)])
    error_message = "Whoever may add_tasks says to whose queue, and nobody else does."
  }

  validation {
    condition     = alltrue([for name in keys(var.functions) : can(regex("^[a-z][A-Za-z]{2,40}$", name)) && length("fn-${replace(name, "/([A-Z])/", "-$1")}") <= 30])
    error_message = "The name of a service account has at most 30 characters."
  }
}
