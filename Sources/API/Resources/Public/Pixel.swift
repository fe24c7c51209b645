import Hummingbird

extension APIResponse {
  /// One transparent pixel, never cached (tracking.md 1).
  static let pixel: APIResponse = {
    let bytes: [UInt8] = [
      0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0x21,
      0xF9, 4, 1, 0, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B,
    ]
    var response = APIResponse(body: .whole(ByteBuffer(bytes: bytes)))
    response.headers[.contentType] = "image/gif"
    response.headers[.cacheControl] =
      "private, no-cache, no-cache=Set-Cookie, proxy-revalidate"
    response.headers[.expires] = "Wed, 11 Jan 2000 12:59:00 GMT"
    response.headers[.pragma] = "no-cache"
    return response
  }()
}
