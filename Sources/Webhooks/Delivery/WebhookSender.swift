import CSodium
import Foundation
import Primitives
import Transfer

/// Sends deliveries to their receivers.
struct WebhookSender: Sendable {
  let client: HTTPClient
  /// The address of this installation, which receivers are told.
  let origin: String
  let timeout: Duration

  /// Sends a delivery once.
  ///
  /// - Returns: The outcome; nil if the task was cancelled, so that nobody knows it.
  func send(_ call: WebhookCall, allowsPrivateAddresses: Bool) async -> WebhookOutcome? {
    let body = Array(call.body.utf8)
    let request = HTTPCall(
      "POST", call.url,
      headers: [
        ("Content-Type", "application/json"),
        ("Webhook-Signature", Self.signature(of: body, key: call.secret)),
        ("X-Origin-Base-URL", origin), ("Idempotency-Key", call.key),
      ], body: body, timeout: timeout, allowsPrivateAddresses: allowsPrivateAddresses)
    let start = ContinuousClock.now
    let result: Result<HTTPAnswer, TransferError>
    do throws(TransferError) {
      result = .success(try await client.send(request))
    } catch {
      result = .failure(error)
    }
    let seconds = (ContinuousClock.now - start).seconds
    switch result {
    case .success(let answer):
      return WebhookOutcome(
        status: answer.status, note: Self.note(on: answer), seconds: seconds)
    case .failure(let error):
      if error.code == .cancelled || Task.isCancelled { return nil }
      return WebhookOutcome(
        status: nil, note: Self.storable(error.message, limit: 500), seconds: seconds)
    }
  }

  /// The status of an answer, with the beginning of its text where it is no success.
  private static func note(on answer: HTTPAnswer) -> String {
    guard !(200..<300).contains(answer.status) else { return "HTTP \(answer.status)" }
    let text = storable(String(decoding: answer.body, as: UTF8.self), limit: 200)
    return text.isEmpty ? "HTTP \(answer.status)" : "HTTP \(answer.status): \(text)"
  }

  /// A text of another server as it can be stored and shown: without control characters, and its beginning only.
  private static func storable(_ text: String, limit: Int) -> String {
    let scalars = text.unicodeScalars.prefix(limit).map { scalar -> Unicode.Scalar in
      scalar.properties.generalCategory == .control ? " " : scalar
    }
    return String(String.UnicodeScalarView(scalars)).trimmingCharacters(in: .whitespaces)
  }

  /// The signature of a body: its HMAC-SHA256 in base64.
  static func signature(of body: [UInt8], key: String) -> String {
    let key = Array(key.utf8)
    var state = crypto_auth_hmacsha256_state()
    var output = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_bytes()))
    crypto_auth_hmacsha256_init(&state, key, key.count)
    crypto_auth_hmacsha256_update(&state, body, UInt64(body.count))
    crypto_auth_hmacsha256_final(&state, &output)
    return Data(output).base64EncodedString()
  }
}
