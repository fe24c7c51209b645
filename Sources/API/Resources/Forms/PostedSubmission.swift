import Forms
import Foundation
import Hummingbird
import Primitives

/// A submission as a website, a script or an app posts it (tracking.md 12).
struct PostedSubmission: Sendable {
  /// The form's id; nil where none is named.
  var form: Int64?
  /// The values by alias.
  var values: [String: [String]] = [:]
  /// The files that were received, by alias, and whether they are for the form of the body.
  var uploads: [String: FormUpload] = [:]
  var isForNamed = true
  /// The token of this submission.
  var token: String?
  /// The solution of the form's challenge.
  var solution: String?
  /// Whether the visitor agreed to what the form asks for.
  var agrees = false
  /// Where the visitor is to return to, as sent.
  var returnAddress: String?
  /// The ids of a device and of a contact that a script or an app sends, where it keeps no cookies.
  var device: String?
  var contact: String?
  /// Whether the answer is a page whose script tells the parent window.
  var isMessenger = false

  /// The members that are no values of fields.
  private static let own = Set(SubmissionMember.allCases.map(\.rawValue))

  /// Reads the body of a request. Files are received for the form that the address names, if it takes any.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - uploads: Receives files; nil if none are taken from this client now.
  ///   - now: The instant.
  /// - Throws: `APIError` for a body that is too large or cannot be read; no file remains then.
  static func read(
    _ request: APIRequest, _ uploads: FormUploads?, at now: Date
  ) async throws -> PostedSubmission {
    var request = request
    request.parameterLimit = FormLimits.submissionBytes
    let named = request.query["formId"]?.integer.map(Int64.init)
    guard request.contentType.value == "multipart/form-data", let named, let uploads else {
      return PostedSubmission(try await request.parameters(), request)
    }
    let bounds = try await uploads.bounds(of: named, at: now)
    guard !bounds.isEmpty else {
      return PostedSubmission(try await request.parameters(), request)
    }
    var form = MultipartForm(request: request, form: named, bounds: bounds, uploads: uploads)
    let (body, received) = try await form.read()
    var posted = PostedSubmission(body, request)
    // The word of the body counts: files for another form are none of it.
    posted.uploads = received
    posted.isForNamed = posted.form == named
    return posted
  }

  private init(_ body: JSONValue, _ request: APIRequest) {
    let members = (body["mauticform"]?.asObject ?? [:])
    // The form's own word counts; apps name it in the address alone.
    form =
      (members[SubmissionMember.formID.rawValue]?.integer ?? request.query["formId"]?.integer).map(
        Int64.init)
    token = members[SubmissionMember.token.rawValue]?.text
    solution = members[SubmissionMember.challenge.rawValue]?.text
    agrees = members[SubmissionMember.consent.rawValue]?.truth ?? false
    returnAddress = members[SubmissionMember.returnAddress.rawValue]?.text
    isMessenger = members[SubmissionMember.messenger.rawValue]?.truth ?? false
    device = (body["mautic_device_id"] ?? request.query["mautic_device_id"])?.text
    contact = (body["mtc_id"] ?? request.query["mtc_id"])?.text
    for (alias, value) in members.members where !Self.own.contains(alias) {
      values[alias] = value.elements?.compactMap(\.text) ?? [value.text].compactMap(\.self)
    }
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
