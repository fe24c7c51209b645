import Forms
import Hummingbird
import Primitives

/// A submission as a website, a script or an app posts it (tracking.md 12).
struct PostedSubmission: Sendable {
  /// The form's id; nil where none is named.
  var form: Int64?
  /// The values by alias.
  var values: [String: [String]] = [:]
  /// The token of this submission.
  var token: String?
  /// The solution of the form's challenge.
  var solution: String?
  /// Whether the visitor agreed to what the form asks for.
  var agrees = false
  /// Where the visitor is to return to, as sent.
  var returnAddress: String?
  /// Whether the answer is a page whose script tells the parent window.
  var isMessenger = false

  /// The members that are no values of fields.
  private static let own = Set(SubmissionMember.allCases.map(\.rawValue))

  /// Reads the body of a request.
  ///
  /// - Throws: `APIError` for a body that is too large or cannot be read.
  static func read(_ request: APIRequest) async throws -> PostedSubmission {
    var request = request
    request.parameterLimit = FormLimits.submissionBytes
    let body = try await request.parameters()
    let members = (body["mauticform"]?.asObject ?? [:])
    var posted = PostedSubmission()
    // The form's own word counts; apps name it in the address alone.
    posted.form =
      (members[SubmissionMember.formID.rawValue]?.integer ?? request.query["formId"]?.integer).map(
        Int64.init)
    posted.token = members[SubmissionMember.token.rawValue]?.text
    posted.solution = members[SubmissionMember.challenge.rawValue]?.text
    posted.agrees = members[SubmissionMember.consent.rawValue]?.truth ?? false
    posted.returnAddress = members[SubmissionMember.returnAddress.rawValue]?.text
    posted.isMessenger = members[SubmissionMember.messenger.rawValue]?.truth ?? false
    for (alias, value) in members.members where !own.contains(alias) {
      posted.values[alias] = value.elements?.compactMap(\.text) ?? [value.text].compactMap(\.self)
    }
    return posted
  }
}

/// Where a visitor may be sent after a submission.
enum ReturnAddress {
  /// Returns the address that was sent, if it belongs to the page that sent the form, or else the page itself; nil where
  /// neither is known. Otherwise anybody could lead visitors through this server to a site of theirs.
  static func resolve(_ given: String?, _ headers: HTTPFields) -> String? {
    let origin = headers[.origin]
    let referer = headers[.referer]
    if let given, let host = WebTarget.host(of: given) {
      // Programs that are no browsers tell neither, and follow nothing either.
      guard let page = origin ?? referer else { return given }
      if WebTarget.host(of: page) == host { return given }
    }
    return referer.flatMap { WebTarget.host(of: $0) == nil ? nil : $0 }
  }

  /// Returns an address with one more parameter, and an anchor.
  static func adding(_ name: String, _ value: String, anchor: String?, to address: String) -> String
  {
    let plain = address.prefix { $0 != "#" }
    let mark = plain.contains("?") ? "&" : "?"
    let text = PercentCoding.encode(value.utf8, keeping: PercentCoding.unreserved)
    return "\(plain)\(mark)\(name)=\(text)" + (anchor.map { "#\($0)" } ?? "")
  }
}
