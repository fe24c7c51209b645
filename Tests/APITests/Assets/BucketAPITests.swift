import ObjectStore
import ObjectStub
import TestSupport
import Testing

@testable import API

@Suite("Files in a bucket (API page, 10)") struct BucketAPITests {
  private func store(_ stub: ObjectStub) -> ObjectStore {
    ObjectStore(
      Bucket(
        name: ObjectStub.bucket, region: ObjectStub.region, endpoint: stub.endpoint,
        accessKey: ObjectStub.accessKey, secretKey: ObjectStub.secretKey),
      patience: ObjectPatience(answer: .seconds(60), upload: .seconds(120), attempts: 2))
  }

  private func upload(_ bed: APIBed) async throws -> RawResponse {
    let body =
      "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.gif\"\r\n\r\n"
      + "GIF89a\r\n--edge--\r\n"
    return try await bed.server.request(
      "POST", "/api/files/images/new",
      headers: ["Content-Type: multipart/form-data; boundary=edge"], body: Array(body.utf8))
  }

  @Test("A file goes to the bucket and comes from there, in ranges too")
  func serves() async throws {
    let stub = try ObjectStub()
    try await APIBed.with(objects: store(stub)) { (bed) async throws in
      let uploaded = try await upload(bed)
      let name = try #require(uploaded.json["file"]?["name"]?.text)
      #expect(stub.objects == [name: Array("GIF89a".utf8)])
      let path = "/media/images/\(name)"
      let whole = try await bed.server.request("GET", path, as: nil)
      #expect(whole.status == 200 && whole.body == Array("GIF89a".utf8))
      let part = try await bed.server.request("GET", path, as: nil, headers: ["Range: bytes=3-4"])
      #expect(part.status == 206 && part.body == Array("89".utf8))
    }
  }

  @Test("A store that is away is 503 with a time to retry, for uploads and for downloads")
  func away() async throws {
    let stub = try ObjectStub()
    try await APIBed.with(objects: store(stub)) { (bed) async throws in
      let name = try #require(try await upload(bed).json["file"]?["name"]?.text)
      stub.setTrouble { _ in .status(503, "SlowDown") }
      let refused = try await upload(bed)
      #expect(refused.status == 503 && refused.headers["retry-after"] == "5")
      let path = "/media/images/\(name)"
      let download = try await bed.server.request("GET", path, as: nil)
      #expect(download.status == 503)
      stub.setTrouble { _ in nil }
      let again = try await bed.server.request("GET", path, as: nil)
      #expect(again.status == 200 && again.body == Array("GIF89a".utf8))
      stub.content.withLock { $0.objects = [:] }
      #expect(try await bed.server.request("GET", path, as: nil).status == 404)
    }
  }
}
