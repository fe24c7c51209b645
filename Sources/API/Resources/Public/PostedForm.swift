import Hummingbird

/// What was posted to a link of unsubscribing: the button of a mail program (EML-403), or a form of our pages.
struct PostedForm: Sendable {
  /// The members of the form; an object always.
  let members: JSONValue

  /// The maximum number of bytes of a form.
  private static let limit = 64 * 1024

  /// The members of our forms, by which they are told from what mail programs send.
  private static let own: Set<String> = [
    "confirm", "token", "form", "email", "emailbefore", "number", "unit", "pausefrom", "pauseto",
    "preferredchannel", "categories", "categoriesbefore", "segments", "segmentsbefore",
  ]

  /// Reads the body of a request. Programs that unsubscribe leave out the content type, name another one, or send
  /// nothing at all: what is no form has no members.
  ///
  /// - Throws: `APIError` for a body that is too large or was cut off.
  static func read(_ request: APIRequest) async throws -> PostedForm {
    let type = request.contentType.value
    if type == "multipart/form-data" {
      var request = request
      request.parameterLimit = min(request.parameterLimit, limit)
      return PostedForm(members: object(try await request.parameters()))
    }
    let content = try await request.body.collect(upTo: limit)
    do {
      if type.hasSuffix("json") {
        return PostedForm(members: object(try JSONParser.parse(content.readableBytesView)))
      }
      return PostedForm(members: object(try BracketParameters.parse(content.readableBytesView)))
    } catch {
      return PostedForm(members: .object([:]))
    }
  }

  private static func object(_ value: JSONValue) -> JSONValue {
    value.asObject == nil ? .object([:]) : value
  }

  /// Whether the wish to unsubscribe is all that it says.
  var isOneClick: Bool {
    let names = (members.asObject ?? [:]).members.map { ($0.key.lowercased(), $0.value.text) }
    let asks = names.contains { name, value in
      name == "list-unsubscribe" && value?.trimmingBlanks.lowercased() == "one-click"
    }
    return asks || !names.contains { Self.own.contains($0.0) }
  }

  /// Whether it is the button of the page that asks before unsubscribing.
  var isConfirmation: Bool { members["confirm"] != nil }

  /// The token of the page that showed the form; empty without one.
  var token: String { members["confirm"]?.text ?? members["token"]?.text ?? "" }
}
