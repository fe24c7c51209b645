import TestSupport
import Testing

@testable import API

/// `POST /api/imports/{id}/undo` (import-export.md IMP-75).
@Suite struct ImportUndoAPITests {
  @Test("IMP-75: an import is undone once; the answer shows how far it has come")
  func undo() async throws {
    try await APIBed.with(withWorker: true) { bed in
      let sent = try await bed.server.request(
        "POST", "/api/imports?originalFile=a.csv", headers: ["Content-Type: text/csv"],
        body: Array("email,Shoe size\na@x.test,44\nb@x.test,43\n".utf8))
      #expect(sent.status == 202, "\(sent.text)")
      let end = try await bed.end(of: 1)
      #expect(end["undo"] == .null && end["insertedCount"] == 2)
      #expect("\(end["remarks"] ?? .null)".contains("Shoe size"), "\(end)")
      let asked = try await bed.send("POST", "/api/imports/1/undo")
      #expect(asked.status == 202, "\(asked.text)")
      let isDone = try await eventually(within: .seconds(60)) {
        let undo = try await bed.call("GET", "/imports/1").json["import"]?["undo"]
        return undo?["dateEnded"] != nil && undo?["dateEnded"] != .null
      }
      #expect(isDone)
      let undo = try await bed.call("GET", "/imports/1").json["import"]?["undo"]
      #expect(undo?["removedCount"] == 2 && undo?["keptCount"] == 0)
      #expect(try await bed.send("POST", "/api/imports/1/undo").status == 409)
      #expect(try await bed.send("POST", "/api/imports/9/undo").status == 404)
      #expect(try await bed.texts("SELECT email FROM contacts") == [])
    }
  }
}
