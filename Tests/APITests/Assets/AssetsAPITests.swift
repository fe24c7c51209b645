import Foundation
import TestSupport
import Testing

@testable import API

@Suite("/api/assets and /api/files (API page, 9 and 10)") struct AssetsAPITests {
  /// A form with one file.
  private func upload(
    _ bed: APIBed, _ content: String, as name: String, to path: String = "/api/files/media/new"
  ) async throws -> RawResponse {
    let body =
      "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n"
      + "\(content)\r\n--edge--\r\n"
    return try await bed.server.request(
      "POST", path, headers: ["Content-Type: multipart/form-data; boundary=edge"],
      body: Array(body.utf8))
  }

  /// An asset with a file of ten digits; its path for visitors.
  private func makeAsset(_ bed: APIBed) async throws -> String {
    let file = try await upload(bed, "0123456789", as: #"Préis \"list\".txt"#).json["file"]?["name"]
    let name = try #require(file?.text)
    let asset = try await bed.send(
      "POST", "/api/assets/new",
      #"{"title":"Price list","storageLocation":"local","file":"\#(name)"}"#)
    #expect(asset.status == 201)
    let url = try #require(asset.json["asset"]?["downloadUrl"]?.text)
    return String(url.dropFirst("https://martlet.example.com".count))
  }

  private func visit(_ bed: APIBed, _ path: String, _ headers: String...) async throws
    -> RawResponse
  {
    try await bed.server.request("GET", path, as: nil, headers: headers)
  }

  @Test("Clients from before Mautic 5 call the folder of assets' files assets")
  func oldFolder() async throws {
    try await APIBed.with { (bed) async throws in
      let file = try await upload(bed, "text", as: "a.txt", to: "/api/files/assets/new")
      let name = try #require(file.json["file"]?["name"]?.text)
      for folder in ["assets", "media"] {
        let listed = try await bed.send("GET", "/api/files/\(folder)")
        #expect(listed.json["files"] == [.string(name)])
      }
      let asset = try await bed.send(
        "POST", "/api/assets/new",
        #"{"title":"Price list","storageLocation":"local","file":"\#(name)"}"#)
      #expect(asset.status == 201)
      #expect(try await bed.send("DELETE", "/api/files/assets/\(name)/delete").status == 200)
    }
  }

  @Test("Files are uploaded, listed and deleted; pictures have an address for anybody")
  func files() async throws {
    try await APIBed.with { (bed) async throws in
      let media = try await upload(bed, "text", as: "a.txt")
      let name = try #require(media.json["file"]?["name"]?.text)
      #expect(media.status == 200 && media.json["file"]?["link"] == nil)
      #expect(try await bed.send("GET", "/api/files/media").json["files"] == [.string(name)])
      #expect(try await bed.send("GET", "/api/files/images").json["files"] == [])
      let picture = try await upload(bed, "GIF89a", as: "x.gif", to: "/api/files/images.a/new")
      let link = try #require(picture.json["file"]?["link"]?.text)
      let seen = try await visit(bed, String(link.dropFirst("https://martlet.example.com".count)))
      #expect(seen.status == 200 && seen.headers["content-type"] == "image/gif")
      #expect(seen.headers["content-security-policy"]?.contains("sandbox") == true)
      #expect(String(decoding: seen.body, as: UTF8.self) == "GIF89a")
      #expect(try await bed.send("GET", "/api/files/other").status == 406)
      #expect(try await upload(bed, "<b>", as: "a.html").status == 406)
      #expect(try await upload(bed, "x", as: "a.txt", to: "/api/files/other/new").status == 406)
      #expect(try await bed.send("POST", "/api/files/media/new", "{}").status == 406)
      let deleted = try await bed.send("DELETE", "/api/files/media/\(name)/delete")
      #expect(deleted.json["success"] == true)
      #expect(try await bed.send("DELETE", "/api/files/media/\(name)/delete").status == 404)
    }
  }

  @Test("One asset, exactly")
  func creates() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await makeAsset(bed)
      let asset = try #require(
        try await bed.send("GET", "/api/assets/1").json["asset"]?.asObject)
      #expect(
        asset.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "title", "alias", "category", "description", "language",
          "publishUp", "publishDown", "downloadCount", "uniqueDownloadCount", "revision",
          "extension", "mime", "size", "downloadUrl", "storageLocation", "disallow",
        ])
      #expect(asset["extension"] == "txt" && asset["mime"] == "text/plain" && asset["size"] == 10)
      #expect(asset["downloadUrl"] == "https://martlet.example.com/asset/1:price-list")
      let remote = try await bed.send(
        "POST", "/api/assets/new",
        #"{"title":"Film","storageLocation":"remote","file":"https://cdn.example.com/a.mp4"}"#
      ).json["asset"]
      #expect(remote?["extension"] == "mp4" && remote?["mime"] == "video/mp4")
      let film = try await visit(bed, "/asset/2:film")
      #expect(film.status == 302 && film.headers["location"] == "https://cdn.example.com/a.mp4")
      let put = try await bed.send(
        "PUT", "/api/assets/1/edit", #"{"title":"New","storageLocation":"local"}"#
      ).json["asset"]
      #expect(put?["size"] == 10 && put?["alias"] == "new" && put?["revision"] == 2)
      let deleted = try await bed.send("DELETE", "/api/assets/1/delete").json["asset"]
      #expect(deleted?["id"] == .null)
    }
  }

  @Test("A refusal names its member")
  func refuses() async throws {
    try await APIBed.with { (bed) async throws in
      let bad: [(String, String)] = [
        (#"{"storageLocation":"local","file":"x.pdf"}"#, "title"),
        (#"{"title":"x","file":"x.pdf"}"#, "storageLocation"),
        (#"{"title":"x","storageLocation":"cloud","file":"x.pdf"}"#, "storageLocation"),
        (#"{"title":"x","storageLocation":"local"}"#, "file"),
        (#"{"title":"x","storageLocation":"local","file":"x.pdf"}"#, "file"),
        (#"{"title":"x","storageLocation":"local","file":"../x.pdf"}"#, "file"),
        (#"{"title":"x","storageLocation":"remote","file":"javascript:x"}"#, "file"),
      ]
      for (body, member) in bad {
        let answer = try await bed.send("POST", "/api/assets/new", body)
        #expect(answer.status == 400, "\(body)")
        #expect(answer.error["details"]?[member] != nil, "\(body)")
      }
      let unknown = try await bed.send(
        "POST", "/api/assets/new",
        #"{"title":"x","storageLocation":"remote","file":"https://x.test/a.pdf","category":9}"#)
      #expect(unknown.status == 500)
      #expect(unknown.error["message"] == "Category 9 does not exist")
    }
  }

  @Test("A download is sent whole or from where it broke off, and counted once")
  func downloads() async throws {
    try await APIBed.with { (bed) async throws in
      let path = try await makeAsset(bed)
      let whole = try await visit(bed, path, "Referer: https://example.com/a")
      #expect(whole.status == 200 && String(decoding: whole.body, as: UTF8.self) == "0123456789")
      #expect(whole.headers["content-type"] == "text/plain")
      #expect(whole.headers["x-content-type-options"] == "nosniff")
      #expect(
        whole.headers["content-disposition"]
          == "attachment; filename=\"Pr_is _list_.txt\"; filename*=UTF-8''Pr%C3%A9is%20%22list%22.txt"
      )
      let tag = try #require(whole.headers["etag"])
      let rest = try await visit(bed, path, "Range: bytes=4-", "If-Range: \(tag)")
      #expect(rest.status == 206 && String(decoding: rest.body, as: UTF8.self) == "456789")
      #expect(rest.headers["content-range"] == "bytes 4-9/10")
      #expect(try await visit(bed, path, "Range: bytes=10-").status == 416)
      #expect(try await visit(bed, path, "If-None-Match: \(tag)").status == 304)
      let inline = try await visit(bed, path + "?stream=1", "Range: bytes=2-")
      #expect(inline.headers["content-disposition"]?.hasPrefix("inline;") == true)
      let asset = try await bed.send("GET", "/api/assets/1").json["asset"]
      #expect(asset?["downloadCount"] == 1 && asset?["uniqueDownloadCount"] == 1)
      let row = try await bed.send("GET", "/api/stats/asset_downloads").json["stats"]?.elements?
        .first
      #expect(row?["referer"] == "https://example.com/a" && row?["code"] == "200")
    }
  }

  @Test("Who may not have it: an unknown one, and one that is not offered")
  func unpublished() async throws {
    try await APIBed.with { (bed) async throws in
      let path = try await makeAsset(bed)
      #expect(try await visit(bed, "/asset/9:price-list").status == 404)
      #expect(try await visit(bed, "/asset/x").status == 404)
      _ = try await bed.send(
        "PATCH", "/api/assets/1/edit", #"{"publishDown":"2020-01-01","disallow":true}"#)
      #expect(try await visit(bed, path).status == 403)
      _ = try await bed.send("PATCH", "/api/assets/1/edit", #"{"publishDown":null}"#)
      let open = try await visit(bed, path)
      #expect(open.status == 200 && open.headers["x-robots-tag"] == "noindex, nofollow")
    }
  }
}
