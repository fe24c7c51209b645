import Foundation
import Primitives
import Transfer

/// Speaks to a provider: each request is bounded in time and size, and follows nobody elsewhere.
struct ProviderClient: Sendable {
  private let http = HTTPClient(concurrency: 4, capacity: 64)
  private let limits: ProviderLimits

  init(limits: ProviderLimits) { self.limits = limits }

  /// An object at an address.
  ///
  /// - Parameters:
  ///   - name: What it is, for errors.
  ///   - token: The access token that gives it; nil for what everybody may read.
  /// - Throws: ``OpenIDError``.
  func object(
    _ name: String, at url: String, token: String? = nil
  ) async throws(OpenIDError) -> JSONValue {
    var headers = [(name: "Accept", value: "application/json")]
    if let token { headers.append(("Authorization", "Bearer \(token)")) }
    let answer = try await send(name, HTTPCall("GET", url, headers: headers))
    guard answer.status == 200 else { throw .invalid("\(name): status \(answer.status)") }
    return try ProviderJSON.object(answer.body, name)
  }

  /// The answer to a form.
  ///
  /// - Returns: The object, whatever its status, and the status.
  /// - Throws: ``OpenIDError``.
  func post(
    _ name: String, to url: String, _ fields: [(String, String)],
    headers: [(name: String, value: String)] = []
  ) async throws(OpenIDError) -> (status: Int, object: JSONValue) {
    let all =
      headers + [
        ("Accept", "application/json"), ("Content-Type", "application/x-www-form-urlencoded"),
      ]
    let call = HTTPCall("POST", url, headers: all, body: Array(Self.form(fields).utf8))
    let answer = try await send(name, call)
    guard answer.status < 500 else { throw .unreachable("\(name): status \(answer.status)") }
    return (answer.status, try ProviderJSON.object(answer.body, name))
  }

  /// Fields as a query, or as the body of a form.
  static func form(_ fields: [(String, String)]) -> String {
    fields.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
  }

  /// A text as forms have it.
  static func encode(_ text: String) -> String {
    PercentCoding.encode(text.utf8, keeping: PercentCoding.unreserved)
  }

  private func send(_ name: String, _ call: HTTPCall) async throws(OpenIDError) -> HTTPAnswer {
    var call = call
    call.timeout = limits.timeout
    call.maximumBody = limits.answerBytes
    call.maximumRedirects = 0
    // The operator names the provider, which may well be in a private network.
    call.allowsPrivateAddresses = true
    let answer: HTTPAnswer
    do {
      answer = try await http.send(call)
    } catch {
      switch error.code {
      case .redirect: throw .invalid("\(name): a redirect, which is not followed")
      case .request: throw .invalid("\(name): \(error)")
      default: throw .unreachable("\(name): \(error)")
      }
    }
    guard !answer.isCutOff else {
      throw .invalid("\(name) has more than \(limits.answerBytes) bytes")
    }
    return answer
  }
}
