import Foundation
import TestSupport
import Testing

@testable import API

@Suite("/api/themes (API page, 10)") struct ThemesAPITests {
  /// Uploads a file as clients do.
  private func upload(
    _ bed: APIBed, _ bytes: [UInt8], as name: String, member: String = "file"
  ) async throws -> RawResponse {
    let head =
      "--line\r\nContent-Disposition: form-data; name=\"\(member)\"; filename=\"\(name)\"\r\n"
      + "Content-Type: application/zip\r\n\r\n"
    return try await bed.server.request(
      "POST", "/api/themes/new", headers: ["Content-Type: multipart/form-data; boundary=line"],
      body: Array(head.utf8) + bytes + Array("\r\n--line--\r\n".utf8))
  }

  /// The steps of the suite of the PHP library.
  @Test("The built-in theme is read, uploaded under another name, listed and deleted")
  func suite() async throws {
    try await APIBed.with { (bed) async throws in
      let list = try await bed.send("GET", "/api/themes")
      let blank = list.json["themes"]?["blank"]
      #expect(blank?["name"] == "Blank" && blank?["key"] == "blank")
      #expect(blank?["config"]?["features"] == ["page", "email", "form"])
      let archive = try await bed.send("GET", "/api/themes/blank")
      #expect(archive.status == 200 && archive.headers["content-type"] == "application/zip")
      for action in ["create", "update"] {
        let made = try await upload(bed, archive.body, as: "api_test.zip")
        #expect(made.status == 200 && made.text == #"{"success":true}"#, "\(made.text)")
        #expect(try await bed.audited(action, "theme") == 1)
      }
      let after = try await bed.send("GET", "/api/themes")
      #expect(after.json["themes"]?.asObject?.keys == ["api_test", "blank"])
      #expect(after.json["themes"]?["api_test"]?["config"]?["author"] == "Martlet")
      #expect(try await bed.send("GET", "/api/themes/api_test").body == archive.body)
      let deleted = try await bed.send("DELETE", "/api/themes/api_test/delete")
      #expect(deleted.text == #"{"success":true}"#)
      #expect(try await bed.audited("delete", "theme") == 1)
      #expect(try await bed.send("DELETE", "/api/themes/api_test/delete").status == 404)
      #expect(try await bed.send("GET", "/api/themes/api_test").status == 404)
      #expect(try await bed.send("GET", "/api/themes/%00").status == 404)
    }
  }

  @Test("What is refused changes nothing, nor does the built-in theme change")
  func refuses() async throws {
    try await APIBed.with { (bed) async throws in
      let archive = try await bed.send("GET", "/api/themes/blank").body
      #expect(try await upload(bed, archive, as: "blank.zip").status == 403)
      #expect(try await bed.send("DELETE", "/api/themes/blank/delete").status == 403)
      #expect(try await upload(bed, archive, as: "theme.tar").status == 406)
      #expect(try await upload(bed, archive, as: "x.zip", member: "other").status == 406)
      #expect(try await bed.send("POST", "/api/themes/new", "{}").status == 406)
      let damaged = try await upload(bed, Array(archive.dropLast(30)), as: "x.zip")
      #expect(damaged.status == 400 && damaged.error["details"]?["file"] != nil, "\(damaged.text)")
      let large = try await upload(
        bed, [UInt8](repeating: 0, count: 8 * 1024 * 1024 + 1), as: "x.zip")
      #expect(large.status == 413)
      #expect(try await bed.send("GET", "/api/themes").json["themes"]?.asObject?.keys == ["blank"])
    }
  }
}
