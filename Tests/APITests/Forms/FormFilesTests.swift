import Foundation
import Postgres
import Testing

@testable import API

@Suite("Files that come with submissions (points-stages-forms.md FRM-17)") struct FormFilesTests {
  private static let payload = """
    {"name":"Apply","fields":[
      {"label":"Email","alias":"email","type":"email","isRequired":true,"mappedField":"email"},
      {"label":"CV","alias":"cv","type":"file","isRequired":true,
       "properties":{"allowed_file_extensions":["pdf","TXT"],"allowed_file_size":0.001}},
      {"label":"Photo","alias":"photo","type":"file"}]}
    """

  /// Posts a form as a browser does: members, then files.
  private func post(
    _ bed: APIBed, _ members: [String: String],
    _ files: [(alias: String, name: String, content: String)], query: String = "?formId=1"
  ) async throws -> RawResponse {
    var body = ""
    for (name, value) in members {
      body += "--edge\r\nContent-Disposition: form-data; name=\"mauticform[\(name)]\"\r\n\r\n"
      body += "\(value)\r\n"
    }
    for (alias, name, content) in files {
      body += "--edge\r\nContent-Disposition: form-data; name=\"mauticform[\(alias)]\"; "
      body += "filename=\"\(name)\"\r\nContent-Type: text/html\r\n\r\n\(content)\r\n"
    }
    return try await bed.server.request(
      "POST", "/form/submit/ajax\(query)", as: nil,
      headers: ["Content-Type: multipart/form-data; boundary=edge"],
      body: Array("\(body)--edge--\r\n".utf8))
  }

  private func files(_ bed: APIBed) async throws -> Int {
    try await bed.pool.query(
      "SELECT count(*) FROM media_files WHERE deleted_at IS DISTINCT FROM '-infinity'")[0]
      .decode(at: 0)
  }

  @Test("A file is stored with its submission, and comes to users as a download alone")
  func stores() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", Self.payload)
      let answer = try await post(
        bed, ["email": "ann@example.com"],
        [
          ("cv", "../my <cv>.txt", "<script>x</script>"), ("photo", "", ""),
          ("other", "x.txt", "x"),
        ])
      #expect(answer.json["success"] == true, "\(answer.text)")
      #expect(answer.json["results"]?["cv"] == "my <cv>.txt")
      let submission = try #require(try await bed.submissions().first)
      #expect(submission["results"]?["cv"] == "my <cv>.txt")
      #expect(try await files(bed) == 1)
      let path = "/api/forms/1/submissions/1/files/cv"
      let file = try await bed.send("GET", path)
      #expect(file.status == 200 && file.text == "<script>x</script>")
      #expect(file.headers["content-type"] == "application/octet-stream")
      #expect(file.headers["content-disposition"]?.hasPrefix("attachment; ") == true)
      #expect(file.headers["x-content-type-options"] == "nosniff")
      #expect(file.headers["content-security-policy"]?.contains("sandbox") == true)
      #expect(try await bed.server.request("GET", path, as: nil).status == 401)
      #expect(try await bed.send("GET", "/api/forms/1/submissions/1/files/photo").status == 404)
      #expect(try await bed.send("GET", "/api/forms/1/submissions/2/files/cv").status == 404)
      // Nobody reaches it by the routes of uploaded files.
      #expect(try await bed.send("GET", "/api/files/forms").status == 406)
    }
  }

  @Test("A file of a wrong kind or size is a problem of its field, and nothing remains of it")
  func refuses() async throws {
    try await APIBed.with { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", Self.payload)
      let long = String(repeating: "x", count: 2_000)
      for (name, content) in [("cv.exe", "x"), ("cv", "x"), ("cv.pdf.php", "x"), ("cv.txt", long)] {
        let answer = try await post(bed, ["email": "ann@example.com"], [("cv", name, content)])
        #expect(answer.json["validationErrors"]?.asObject?.keys == ["cv"], "\(name) \(answer.text)")
      }
      let missing = try await post(bed, ["cv": "only a text"], [])
      #expect(missing.json["validationErrors"]?.asObject?.keys == ["email", "cv"])
      // The file is right, the address is not: it goes with the submission.
      let other = try await post(bed, ["email": "nobody"], [("cv", "cv.txt", "x")])
      #expect(other.json["validationErrors"]?.asObject?.keys == ["email"])
      let elsewhere = try await post(
        bed, ["email": "ann@example.com", "formId": "7"], [("cv", "cv.txt", "x")])
      #expect(elsewhere.status == 404)
      let unnamed = try await post(
        bed, ["email": "ann@example.com", "formId": "1"], [("cv", "cv.txt", "x")], query: "")
      #expect(unnamed.json["validationErrors"]?.asObject?.keys == ["cv"])
      // Too much is refused before it is sent.
      let huge = try bed.server.connect()
      try await huge.send(
        TestServer.head(
          "POST", "/form/submit/ajax?formId=1", as: nil,
          headers: ["Content-Type: multipart/form-data; boundary=edge"], length: 2_000_000_000))
      #expect(try await huge.response().status == 413)
      #expect(try await files(bed) == 0)
      #expect(try await bed.submissions().isEmpty)
      let bad = try await bed.send(
        "POST", "/api/forms/new",
        #"{"name":"x","fields":[{"label":"F","type":"file","properties":{"allowed_file_extensions":"pdf,php"}}]}"#
      )
      #expect(bad.status == 422 || bad.status == 400, "\(bad.text)")
      #expect(bad.text.contains("allowed_file_extensions"))
    }
  }

  @Test("A file goes with its submission, and a repeated submission brings none")
  func removes() async throws {
    try await APIBed.with(withWorker: true) { (bed) async throws in
      _ = try await bed.send("POST", "/api/forms/new", Self.payload)
      for _ in 0..<2 {
        let answer = try await post(
          bed, ["email": "ann@example.com", "_token": "once"], [("cv", "cv.txt", "x")])
        #expect(answer.json["success"] == true)
      }
      #expect(try await bed.submissions().count == 1)
      #expect(try await files(bed) == 1)
      let contact = try #require(try await bed.submissions().first?["lead"]?["id"]?.integer)
      #expect(try await bed.send("DELETE", "/api/contacts/\(contact)/delete").status == 200)
      #expect(try await files(bed) == 0)
    }
  }
}
