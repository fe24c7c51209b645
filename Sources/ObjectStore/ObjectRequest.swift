import Primitives
import Transfer

/// A request to a bucket, repeated where its store fails; every one of them may be sent twice.
struct ObjectRequest: Sendable {
  var method: String
  /// The key of the object; nil for the bucket itself.
  var key: String?
  /// The parameters in the order of their names.
  var query: [(name: String, value: String)] = []
  var headers: [(name: String, value: String)] = []
  var body: [UInt8]?
  /// The longest time of an attempt.
  var timeout: Duration
  /// The maximum number of bytes of the answer.
  var maximumAnswer = 64 * 1024
  /// The statuses of success.
  var expected: Set<Int> = [200]

  /// Sends the request until it succeeds or is refused.
  ///
  /// - Throws: ``ObjectError``.
  func send(
    to bucket: Bucket, by client: HTTPClient, attempts: Int
  ) async throws(ObjectError) -> HTTPAnswer {
    let end = ContinuousClock.now + timeout * 2
    let call = try call(to: bucket)
    var failures = 0
    while true {
      let failure: ObjectError
      do throws(ObjectError) {
        return try await attempt(call, by: client, until: end)
      } catch {
        failure = error
      }
      failures += 1
      let pause = RetryPause.spread(after: failures)
      guard failure.code == .unavailable, failures < attempts, .now + pause < end else {
        throw failure
      }
      do { try await Task.sleep(for: pause) } catch {
        throw ObjectError(.cancelled, "the task was cancelled")
      }
    }
  }

  private func call(to bucket: Bucket) throws(ObjectError) -> HTTPCall {
    guard let digest = Digest(.sha256) else {
      throw ObjectError(.unexpected, "libcrypto offers no SHA-256")
    }
    digest.update(body ?? [])
    var headers = headers + [("x-amz-content-sha256", digest.finish())]
    if body != nil { headers.append(("Content-Type", "application/octet-stream")) }
    return HTTPCall(
      method, bucket.url(key, query: query), headers: headers, body: body, timeout: timeout,
      maximumBody: maximumAnswer, allowsPrivateAddresses: true, maximumRedirects: 0,
      signature: bucket.signature)
  }

  private func attempt(
    _ call: HTTPCall, by client: HTTPClient, until end: ContinuousClock.Instant
  ) async throws(ObjectError) -> HTTPAnswer {
    var call = call
    call.timeout = max(min(timeout, end - .now), .milliseconds(1))
    let answer: HTTPAnswer
    do throws(TransferError) {
      answer = try await client.send(call)
    } catch {
      throw Self.failure(error)
    }
    let isExpected = expected.contains(answer.status)
    if isExpected, method != "POST" { return answer }
    let text = String(decoding: answer.body, as: UTF8.self)
    // What began as a success may end as a failure.
    if isExpected, !text.contains("<Error>") { return answer }
    throw Self.failure(answer.status, ObjectXML.text(of: "Code", in: text))
  }

  private static func failure(_ error: TransferError) -> ObjectError {
    switch error.code {
    case .connection, .timeout, .busy:
      ObjectError(.unavailable, "the bucket's store does not answer: \(error.message)")
    case .cancelled: ObjectError(.cancelled, error.message)
    case .redirect:
      ObjectError(.refused, "the bucket's store sends elsewhere: its region or endpoint is wrong")
    case .request, .refusedAddress: ObjectError(.unexpected, error.message)
    }
  }

  private static func failure(_ status: Int, _ code: String?) -> ObjectError {
    let reason = "status \(status)" + (code.map { ", \($0.prefix(100))" } ?? "")
    return switch status {
    case 404 where code == "NoSuchBucket":
      ObjectError(.refused, "the bucket's store has no such bucket")
    case 404: ObjectError(.notFound, "the bucket's store does not find it: \(reason)")
    case 401, 403: ObjectError(.refused, "the bucket's store refuses: \(reason)")
    case 200, 408, 409, 429, 500...:
      ObjectError(.unavailable, "the bucket's store cannot do it at present: \(reason)")
    default: ObjectError(.unexpected, "the bucket's store answers unexpectedly: \(reason)")
    }
  }
}
