@testable import Mail

/// An example input, which a test changes.
func input(_ change: (inout EmailInput) -> Void = { _ in }) -> EmailInput {
  var input = EmailInput()
  input.name = "News"
  input.subject = "Hello"
  change(&input)
  return input
}
