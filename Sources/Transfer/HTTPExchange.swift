import CCurl
import Glibc
import Primitives
import Synchronization

/// The connections of one thread: those to public addresses separate from the others, so that a connection
/// opened for a call that may reach private addresses is not reused for one that may not.
struct HTTPConnections {
  private var handles: [Bool: Curl] = [:]

  private mutating func handle(forAnyAddress key: Bool) throws(TransferError) -> Curl {
    if let known = handles[key] { return known }
    let new = try Curl()
    handles[key] = new
    return new
  }

  mutating func perform(
    _ exchange: HTTPExchange
  ) -> Result<(HTTPAnswer, String?), TransferError> {
    do throws(TransferError) {
      let curl = try handle(forAnyAddress: exchange.call.allowsPrivateAddresses)
      return .success(try exchange.run(on: curl))
    } catch {
      return .failure(error)
    }
  }
}

/// One request and its response on a libcurl handle.
///
/// `@unchecked Sendable`: everything but the flag is used only by the thread that runs it.
final class HTTPExchange: @unchecked Sendable {
  let call: HTTPCall
  private let limit: Duration
  private let isCancelled = Atomic<Bool>(false)
  fileprivate var refusedAddress = false
  fileprivate var headers: [(name: String, value: String)] = []
  fileprivate var body: [UInt8] = []
  fileprivate var isCutOff = false
  fileprivate var sent = 0

  init(_ call: HTTPCall, within limit: Duration) {
    self.call = call
    self.limit = limit
  }

  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  fileprivate var wantsStop: Bool { isCancelled.load(ordering: .relaxed) }

  func run(on curl: Curl) throws(TransferError) -> (HTTPAnswer, String?) {
    if wantsStop { throw TransferError(.cancelled, "the task was cancelled") }
    curl.reset()
    let list = CurlList(
      call.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // No waiting for "100 Continue"; but libcurl would sign this header, which it does not send.
        + (call.signature == nil ? ["Expect:"] : []))
    configure(curl, list)
    let code = curl_easy_perform(curl.handle)
    // The list and this object are gone before the handle is used again, after a reset.
    defer { curl.reset() }
    guard code == CURLE_OK || (code == CURLE_WRITE_ERROR && isCutOff) else {
      throw failure(code, curl)
    }
    let answer = HTTPAnswer(
      status: curl.long(CURLINFO_RESPONSE_CODE), headers: headers, body: body,
      isCutOff: isCutOff, url: call.url)
    let isRedirect = [301, 302, 303, 307, 308].contains(answer.status)
    return (answer, isRedirect ? curl.text(CURLINFO_REDIRECT_URL) : nil)
  }

  private func configure(_ curl: Curl, _ list: borrowing CurlList) {
    let this = Unmanaged.passUnretained(self).toOpaque()
    curl.set(CURLOPT_URL, call.url)
    curl.set(CURLOPT_PROTOCOLS_STR, "http,https")
    curl.set(CURLOPT_TIMEOUT_MS, max(1, limit.milliseconds))
    curl.set(CURLOPT_USERAGENT, "Martlet")
    _ = martlet_curl_set_list(curl.handle, CURLOPT_HTTPHEADER, list.head)
    if let signature = call.signature {
      curl.set(CURLOPT_AWS_SIGV4, signature.provider)
      curl.set(CURLOPT_USERNAME, signature.accessKey)
      curl.set(CURLOPT_PASSWORD, signature.secretKey)
      curl.set(CURLOPT_PATH_AS_IS, 1)
    }
    if call.method == "HEAD" { curl.set(CURLOPT_NOBODY, 1) }
    if let body = call.body {
      curl.set(CURLOPT_POST, 1)
      curl.set(CURLOPT_POSTFIELDSIZE_LARGE, size: body.count)
      _ = martlet_curl_set_data(curl.handle, CURLOPT_READFUNCTION, readBody)
      _ = martlet_curl_set_pointer(curl.handle, CURLOPT_READDATA, this)
    } else if ["POST", "PUT", "PATCH"].contains(call.method) {
      curl.set(CURLOPT_POST, 1)
      curl.set(CURLOPT_POSTFIELDSIZE_LARGE, size: 0)
    }
    curl.set(CURLOPT_CUSTOMREQUEST, call.method)
    _ = martlet_curl_set_data(curl.handle, CURLOPT_WRITEFUNCTION, takeBody)
    _ = martlet_curl_set_pointer(curl.handle, CURLOPT_WRITEDATA, this)
    _ = martlet_curl_set_data(curl.handle, CURLOPT_HEADERFUNCTION, takeHeader)
    _ = martlet_curl_set_pointer(curl.handle, CURLOPT_HEADERDATA, this)
    _ = martlet_curl_set_open(curl.handle, openSocket)
    _ = martlet_curl_set_pointer(curl.handle, CURLOPT_OPENSOCKETDATA, this)
    _ = martlet_curl_set_progress(curl.handle, watch)
    _ = martlet_curl_set_pointer(curl.handle, CURLOPT_XFERINFODATA, this)
    curl.set(CURLOPT_NOPROGRESS, 0)
  }

  private func failure(_ code: CURLcode, _ curl: Curl) -> TransferError {
    let message = curl.message(code)
    if wantsStop { return TransferError(.cancelled, "the task was cancelled") }
    if refusedAddress {
      return TransferError(.refusedAddress, "the address of the URL is not a public one")
    }
    switch code {
    case CURLE_OPERATION_TIMEDOUT: return TransferError(.timeout, "no answer in time")
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
      return TransferError(.request, message)
    default: return TransferError(.connection, message)
    }
  }

  fileprivate func take(_ bytes: UnsafeRawBufferPointer) -> Int {
    let room = call.maximumBody - body.count
    body.append(contentsOf: bytes.prefix(room))
    if bytes.count > room {
      // A smaller count ends the transfer: bytes beyond the limit are not fetched.
      isCutOff = true
      return 0
    }
    return bytes.count
  }

  fileprivate func take(header line: String) {
    // There may be several responses, as after "100 Continue": the last one counts.
    if line.hasPrefix("HTTP/") { return headers.removeAll() }
    guard let colon = line.firstIndex(of: ":"), headers.count < 200 else { return }
    let value = line[line.index(after: colon)...]
    headers.append((String(line[..<colon]), value.trimmingBlanks()))
  }
}

private func exchange(_ pointer: UnsafeMutableRawPointer?) -> HTTPExchange? {
  pointer.map { Unmanaged<HTTPExchange>.fromOpaque($0).takeUnretainedValue() }
}

private let takeBody: martlet_curl_data = { data, size, count, pointer in
  guard let data, let exchange = exchange(pointer) else { return 0 }
  return exchange.take(UnsafeRawBufferPointer(start: data, count: size * count))
}

private let takeHeader: martlet_curl_data = { data, size, count, pointer in
  guard let data, let exchange = exchange(pointer) else { return 0 }
  let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
  exchange.take(header: String(decoding: bytes, as: UTF8.self))
  return size * count
}

private let readBody: martlet_curl_data = { data, size, count, pointer in
  guard let data, let exchange = exchange(pointer), let body = exchange.call.body else { return 0 }
  let length = min(size * count, body.count - exchange.sent)
  body.withUnsafeBytes { bytes in
    guard let start = bytes.baseAddress, length > 0 else { return }
    memcpy(data, start + exchange.sent, length)
  }
  exchange.sent += length
  return length
}

private let openSocket: martlet_curl_open = { pointer, _, address in
  guard let address, let exchange = exchange(pointer) else { return -1 }
  if !exchange.call.allowsPrivateAddresses {
    let bytes = AddressPolicy.bytes(of: martlet_curl_address(address))
    guard AddressPolicy.isPublic(bytes) else {
      exchange.refusedAddress = true
      return -1
    }
  }
  let kind = address.pointee
  return socket(kind.family, kind.socktype | Int32(SOCK_CLOEXEC.rawValue), kind.protocol)
}

private let watch: martlet_curl_progress = { pointer, _, _, _, _ in
  exchange(pointer)?.wantsStop == true ? 1 : 0
}
