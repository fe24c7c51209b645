/// What forms and submissions may not exceed.
package enum FormLimits {
  /// The fields of a form.
  static let fields = 200
  /// The actions of a form.
  static let actions = 100
  /// The characters of a field's label and its shorter texts.
  static let label = 1_000
  /// The characters of a value.
  package static let value = 65_535
  /// The values of one field.
  static let choices = 500
  /// The bytes of a submission.
  package static let submissionBytes = 1_048_576
  /// The characters of a token that tells one submission from another.
  static let token = 100
  /// The characters of what is looked up.
  package static let search = 191
  /// The characters of addresses that are stored.
  static let address = 2_048
}
