# Terraform has no recursion, and states nest: Parallel has branches, Map an item processor. So the
# machines within the machine are collected level by level.

locals {
  depth = 5

  text = templatefile(var.definition.file, merge(var.definition.vars, {
    functions = { for name, function in var.functions : name => function.alias_arn }
    partition = local.partition
    timeout   = var.timeout
  }))

  machine    = try(jsondecode(local.text), null)
  is_machine = can(keys(local.machine.States))

  level_1 = [for machine in [local.machine] : machine if local.is_machine]
  level_2 = flatten([for machine in local.level_1 : [for state in machine.States : concat(try(state.Branches, []), [for key in ["ItemProcessor", "Iterator"] : state[key] if can(state[key])])]])
  level_3 = flatten([for machine in local.level_2 : [for state in machine.States : concat(try(state.Branches, []), [for key in ["ItemProcessor", "Iterator"] : state[key] if can(state[key])])]])
  level_4 = flatten([for machine in local.level_3 : [for state in machine.States : concat(try(state.Branches, []), [for key in ["ItemProcessor", "Iterator"] : state[key] if can(state[key])])]])
  level_5 = flatten([for machine in local.level_4 : [for state in machine.States : concat(try(state.Branches, []), [for key in ["ItemProcessor", "Iterator"] : state[key] if can(state[key])])]])

  machines = concat(local.level_1, local.level_2, local.level_3, local.level_4, local.level_5)
  too_deep = flatten([for machine in local.level_5 : [for name, state in machine.States : name if can(state.Branches) || can(state.ItemProcessor) || can(state.Iterator)]])

  tasks = flatten([
    for machine in local.machines : [
      for name, state in machine.States : {
        name     = name
        invoked  = try(state.Parameters.FunctionName, state.Arguments.FunctionName, state.Resource, "nothing")
        resource = try(state.Resource, "")
        # The first retrier that names an error decides, with three attempts unless it says so.
        unretried = [
          for error in local.lambda_errors : error
          if !try([for retrier in state.Retry : try(retrier.MaxAttempts, 3) if length(setintersection(retrier.ErrorEquals, [error, "States.ALL", "States.TaskFailed"])) > 0][0] > 0, false)
        ]
      } if try(state.Type, "") == "Task"
    ]
  ])

  # Who goes where; the empty name is where the machine starts.
  links = [
    for machine in local.machines : {
      names = keys(machine.States)
      steps = concat(
        [for to in [try(machine.StartAt, "")] : { from = "StartAt", to = to }],
        flatten([
          for name, state in machine.States : [
            for to in concat(
              [for key in ["Next", "Default"] : state[key] if can(state[key])],
              [for choice in try(state.Choices, []) : choice.Next if can(choice.Next)],
              [for catcher in try(state.Catch, []) : catcher.Next if can(catcher.Next)],
            ) : { from = name, to = to }
          ]
        ]),
      )
    }
  ]

  # https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
  lambda_errors = ["Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"]

  aliases = [for function in var.functions : function.alias_arn]

  # Whether every task is seen and invokes a function; before that, one that is unused says nothing.
  judged = local.is_machine && length(local.too_deep) == 0 && length(local.strange) == 0

  # What is wrong, if anything is.
  dangling    = distinct(flatten([for link in local.links : [for step in link.steps : "${step.from} to ${step.to}" if !contains(link.names, step.to)]]))
  endless     = flatten([for machine in local.machines : [for name, state in machine.States : name if !contains(["Choice", "Fail", "Succeed"], try(state.Type, "")) && !can(state.Next) && !try(state.End, false)]])
  strange     = [for task in local.tasks : "${task.name}: ${task.invoked}" if !contains(local.aliases, task.invoked)]
  unreachable = flatten([for link in local.links : [for name in link.names : name if !contains([for step in link.steps : step.to if step.from != name], name)]])
  unretried   = [for task in local.tasks : "${task.name}: ${join(", ", task.unretried)}" if length(task.unretried) > 0]
  unused      = [for name, function in var.functions : name if local.judged && !contains(local.tasks[*].invoked, function.alias_arn)]
  waiting     = [for task in local.tasks : task.name if endswith(task.resource, ".waitForTaskToken")]
}
