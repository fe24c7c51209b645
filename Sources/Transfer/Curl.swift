import CCurl
import Foundation

/// One libcurl easy handle, used by one thread at a time.
///
/// `@unchecked Sendable`: its owner uses it on one thread only.
final class Curl: @unchecked Sendable {
  let handle: UnsafeMutableRawPointer
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  /// Whether libcurl was initialized, once for the process.
  private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init() throws(TransferError) {
    guard Self.isReady, let handle = curl_easy_init() else {
      throw TransferError(.connection, "libcurl cannot be set up")
    }
    self.handle = handle
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    curl_easy_cleanup(handle)
    errorText.deallocate()
  }

  /// Resets every option but keeps the connections.
  func reset() {
    curl_easy_reset(handle)
    errorText[0] = 0
    _ = martlet_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
    // Timeouts without signals, which belong to the process.
    set(CURLOPT_NOSIGNAL, 1)
    // A proxy from the environment would be contacted instead of the checked address.
    set(CURLOPT_PROXY, "")
  }

  func set(_ option: CURLoption, _ value: Int) {
    _ = martlet_curl_set_long(handle, option, value)
  }

  func set(_ option: CURLoption, _ value: String) {
    _ = martlet_curl_set_text(handle, option, value)
  }

  func set(_ option: CURLoption, size: Int) {
    _ = martlet_curl_set_size(handle, option, curl_off_t(size))
  }

  func long(_ info: CURLINFO) -> Int {
    var value = 0
    return martlet_curl_get_long(handle, info, &value) == CURLE_OK ? value : 0
  }

  func text(_ info: CURLINFO) -> String? {
    var value: UnsafeMutablePointer<CChar>?
    guard martlet_curl_get_text(handle, info, &value) == CURLE_OK, let value else { return nil }
    return String(cString: value)
  }

  /// Returns libcurl's description of an error.
  func message(_ code: CURLcode) -> String {
    errorText[0] == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
  }
}

/// A list of texts in libcurl's form.
struct CurlList: ~Copyable {
  private(set) var head: UnsafeMutablePointer<curl_slist>?

  init(_ texts: [String]) {
    for text in texts { head = curl_slist_append(head, text) ?? head }
  }

  deinit { curl_slist_free_all(head) }
}
