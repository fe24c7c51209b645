import Contacts
import Foundation
import Testing

@testable import Campaigns

struct FailureCourseTests {
  private let now = Date(timeIntervalSince1970: 1_700_042_400)

  private func course(
    _ failure: ActionFailure, attempts: Int = 0, retryInterval: Duration = .seconds(3_600)
  ) -> FailureHandler.Course {
    FailureHandler.course(
      after: failure, attempts: attempts,
      CampaignSettings(
        companies: CompanyRules(), retryInterval: retryInterval, maxAttempts: 3), now: now)
  }

  @Test("CAM-501, CAM-502: another attempt follows after the pause, up to the maximum")
  func attempts() {
    let failure = ActionFailure("no answer")
    #expect(course(failure) == .retry(now.addingTimeInterval(3_600)))
    #expect(course(failure, attempts: 1) == .retry(now.addingTimeInterval(3_600)))
    #expect(course(failure, attempts: 2) == .giveUp)
    #expect(course(failure, retryInterval: .zero) == .giveUp)
  }

  @Test("CAM-507: a failure that retrying cannot change is final")
  func final() {
    #expect(course(ActionFailure("no such field", isFinal: true)) == .giveUp)
  }

  @Test("A failure may set its own pause, at least a second")
  func pause() {
    #expect(
      course(ActionFailure("busy", retryAfter: .seconds(5)))
        == .retry(now.addingTimeInterval(5)))
    #expect(
      course(ActionFailure("busy", retryAfter: .milliseconds(1)))
        == .retry(now.addingTimeInterval(1)))
  }

  @Test("Errors of any kind are attributed to the contact, those of servers to none")
  func errors() {
    struct Other: Error {}
    #expect(EventExecutor.failure(ActionFailure("a")) == ActionFailure("a"))
    #expect(EventExecutor.failure(InvalidInput("b", "c"))?.isFinal == true)
    #expect(EventExecutor.failure(Other())?.isFinal == false)
    #expect(EventExecutor.failure(CancellationError()) == nil)
  }
}
