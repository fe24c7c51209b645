/// The members of `mauticform` in a submission that are no fields (tracking.md 12). Ours begin with an underscore, so that
/// every alias that a form of Mautic can have stays free.
package enum SubmissionMember: String, CaseIterable, Sendable {
  case formID = "formId"
  case formName
  case returnAddress = "return"
  case messenger
  case submit
  /// The one-time token (FRM-09).
  case token = "_token"
  /// The solution of a challenge (FRM-14).
  case challenge = "_challenge"
  /// Whether the visitor agrees (FRM-15).
  case consent = "_consent"
}
