import Foundation
import Points
import Postgres
import Primitives
import Transfer

/// Calls an external address (`campaign.sendwebhook`, campaigns.md 7.4).
struct SendWebhook: ExternalAction {
  let client: HTTPClient

  func read(
    _ event: CampaignEvent, _ contacts: [Int64], _ transaction: CampaignTransaction
  ) async throws -> [Int64: ExternalContact] {
    let hook = Webhook(event.properties)
    let values = try await transaction.tokens(hook.names, of: contacts)
    return Dictionary(
      uniqueKeysWithValues: contacts.map {
        ($0, ExternalContact(id: $0, tokens: values[$0] ?? [:]))
      })
  }

  func perform(
    _ event: CampaignEvent, _ contact: ExternalContact, key: String, _ settings: CampaignSettings
  ) async -> Result<Void, ActionFailure> {
    let call: HTTPCall
    do throws(ActionFailure) {
      call = try Webhook(event.properties).call(
        contact.tokens, key: key, allowsPrivateAddresses: settings.allowsPrivateWebhooks)
    } catch {
      return .failure(error)
    }
    do throws(TransferError) {
      let answer = try await client.send(call)
      guard (200..<300).contains(answer.status) else {
        return .failure(ActionFailure("the receiver answered with status \(answer.status)"))
      }
      return .success(())
    } catch {
      return .failure(ActionFailure(error.message))
    }
  }

  static let check: PropertyCheck = { event, check in
    for problem in WebhookRules.problems(event.properties) {
      check.refuse(problem.member, problem.message)
    }
  }
}

/// A webhook from the event's properties, parsed once for many contacts.
struct Webhook: Sendable {
  let url: TokenText
  private let beginsWithToken: Bool
  let method: String
  let headers: [(name: String, value: TokenText)]
  let data: [(name: String, value: TokenText)]
  let seconds: Int

  init(_ properties: JSONValue) {
    let text = properties["url"]?.text ?? ""
    url = TokenText(text)
    beginsWithToken = text.hasPrefix("{")
    method = (properties["method"]?.text ?? "get").lowercased()
    headers = Self.pairs(properties["headers"])
    data = Self.pairs(properties["additional_data"])
    seconds = WebhookRules.seconds(properties["timeout"])
  }

  /// Returns the names and values of an object, or of a list of labels and values as forms send it.
  private static func pairs(_ value: JSONValue?) -> [(name: String, value: TokenText)] {
    switch value {
    case .object(let members)?:
      if let list = members["list"] { return pairs(list) }
      return members.sorted { $0.key < $1.key }.compactMap { name, value in
        value.text.map { (name, TokenText($0)) }
      }
    case .array(let items)?:
      return items.compactMap { item in
        guard let name = item["label"]?.text, !name.isEmpty else { return nil }
        return (name, TokenText(item["value"]?.text ?? ""))
      }
    default: return []
    }
  }

  /// The names of the tokens that it uses.
  var names: Set<String> {
    (headers + data).reduce(into: url.names) { $0.formUnion($1.value.names) }
  }

  /// Returns the call for a contact (CAM-450, CAM-451).
  func call(
    _ tokens: [String: String], key: String, allowsPrivateAddresses: Bool
  ) throws(ActionFailure) -> HTTPCall {
    // If a token is at the beginning, its value is an address itself.
    var address = beginsWithToken ? url.filled(tokens) : url.filled(tokens, Self.encode)
    var sent: [(name: String, value: String)] = []
    for (name, value) in headers where name.lowercased() != "idempotency-key" {
      sent.append((name, Self.header(value.filled(tokens))))
    }
    let pairs = data.map { ($0.name, $0.value.filled(tokens)) }
    var body: [UInt8]?
    switch method {
    case "get":
      if !pairs.isEmpty { address += (address.contains("?") ? "&" : "?") + Self.form(pairs) }
    case "delete": break
    default:
      let type = sent.first { $0.name.lowercased() == "content-type" }?.value.lowercased()
      if type?.hasPrefix("application/json") == true {
        let object = JSONValue.object(
          Dictionary(pairs.map { ($0.0, .string($0.1)) }, uniquingKeysWith: { _, last in last }))
        do {
          let encoder = JSONEncoder()
          encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
          body = Array(try encoder.encode(object))
        } catch {
          throw ActionFailure("the data cannot be written as JSON", isFinal: true)
        }
      } else {
        if type == nil { sent.append(("Content-Type", "application/x-www-form-urlencoded")) }
        body = Array(Self.form(pairs).utf8)
      }
    }
    sent.append(("Idempotency-Key", key))
    return HTTPCall(
      method.uppercased(), address, headers: sent, body: body, timeout: .seconds(seconds),
      allowsPrivateAddresses: allowsPrivateAddresses)
  }

  /// Cleans a header value: line ends and control characters would start another header.
  private static func header(_ value: String) -> String {
    String(
      String.UnicodeScalarView(value.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
    )
  }

  private static func form(_ pairs: [(String, String)]) -> String {
    pairs.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
  }

  private static func encode(_ text: String) -> String {
    PercentCoding.encode(text.utf8, keeping: PercentCoding.unreserved)
  }
}
