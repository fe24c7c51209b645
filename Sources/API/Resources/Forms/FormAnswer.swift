import Forms
import HTTPTypes
import Hummingbird

/// The answer to a submission, for each way of sending it (tracking.md 12).
struct FormAnswer: Sendable {
  var status = HTTPResponse.Status.ok
  var isSuccess: Bool
  /// The form's name in its markup.
  var formName: String
  /// The stored values.
  var results = JSONObject()
  /// Where the visitor goes.
  var redirect: String?
  /// The address of the asset that the visitor gets.
  var download: String?
  /// What the visitor is told, HTML of the operator's or text.
  var message = ""
  /// The visitor, where the browser is tracked.
  var visitor: FormVisitor?
  /// The problems by alias.
  var problems: [(alias: String, message: String)] = []

  /// The JSON of scripts: of the messenger numbers for truth, of calls more members.
  func json(isCall: Bool) -> JSONValue {
    var object: JSONObject = [
      "success": isCall ? .bool(isSuccess) : .int(isSuccess ? 1 : 0)
    ]
    if isSuccess {
      object.append("results", results.isEmpty ? [] : .object(results))
      if let download { object.append("download", .string(download)) }
      if let redirect {
        object.append("redirect", .string(redirect))
      } else {
        object.append("successMessage", .string(message))
      }
    } else if problems.isEmpty {
      object.append("errorMessage", .string(message))
    } else {
      object.append(
        "validationErrors", .object(JSONObject(problems.map { ($0.alias, .string($0.message)) })))
    }
    object.append("formName", .string(formName))
    if isCall {
      object.append("message", .string(message))
      object.append("type", isSuccess ? "notice" : "error")
    }
    return .object(object)
  }

  /// A page whose script tells the window that holds the form.
  ///
  /// - Parameter target: The origin of that window; `*` where it is not known.
  func messengerPage(target: String) -> APIResponse {
    let nonce = ScriptNonce.make()
    let text = JSONValue.string(String(decoding: json(isCall: false).rendered, as: UTF8.self))
    let html = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>Form</title></head><body>
      <script nonce="\(nonce)">parent.postMessage(\(text.scriptLiteral), \
      \(JSONValue.string(target).scriptLiteral));</script></body></html>
      """
    return APIResponse(
      status: status,
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "private, no-store",
        .contentSecurityPolicy: "default-src 'none'; script-src 'nonce-\(nonce)'; base-uri 'none'",
        .xContentTypeOptions: "nosniff",
      ], body: .whole(ByteBuffer(string: html)))
  }
}

/// The mark of the scripts that a page may run.
enum ScriptNonce {
  static func make() -> String {
    // The system's generator, which nobody can foresee.
    String(UInt64.random(in: .min ... .max), radix: 36)
      + String(UInt64.random(in: .min ... .max), radix: 36)
  }
}

extension JSONValue {
  /// The value as a literal inside a script element: nothing in it ends the element.
  var scriptLiteral: String {
    String(decoding: rendered, as: UTF8.self).replacing("<", with: "\\u003c")
      .replacing(">", with: "\\u003e").replacing("\u{2028}", with: "\\u2028")
      .replacing("\u{2029}", with: "\\u2029")
  }
}
