import API
import Runtime
import Testing

@Suite struct APISettingsTests {
  @Test func whatNobodySetIsWhatTheAPIWouldTake() {
    let api = APIConfiguration()
    #expect(Setting<Int>.apiRateLimit.standard == api.requestsPerMinute)
    #expect(Setting<Int>.apiPageLimit.standard == api.maximumPageSize)
    #expect(Setting<Int>.importSizeLimit.standard == api.maximumUploadBytes)
    #expect(Setting<Int>.idempotencyHours.standard == api.idempotencyHours)
  }
}
