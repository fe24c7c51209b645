/// The jobs of forms.
package enum FormJobs {
  /// The queue of the jobs of forms.
  package static let queue = "forms"

  /// The number of submissions of a deleted form that one transaction removes.
  static let rangeSize = 5_000
}
