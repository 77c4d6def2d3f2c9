package io.kemudi.apimachinery.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rules of Jobs and CronJobs that no recording shows.
class BatchRulesTest {
  private static final String POD =
      "{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}";
  private static final Rules JOB = Rules.of("batch", "Job", "{'spec':{'template':" + POD + "}}");
  private static final Rules CRON =
      Rules.of(
          "batch",
          "CronJob",
          "{'spec':{'schedule':'0 4 * * *','jobTemplate':{'spec':{'template':" + POD + "}}}}");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.managedBy='A_/b'                                  | spec.managedBy INVALID",
        "spec.completionMode='Indexed' & spec.completions=3 & spec.maxFailedIndexes=4"
            + " & spec.backoffLimitPerIndex=1                   | spec.maxFailedIndexes INVALID",
        "spec.completionMode='Indexed' & spec.completions=100001 & spec.backoffLimitPerIndex=1"
            + "                                                 | spec.maxFailedIndexes REQUIRED",
        "spec.completionMode='Indexed' & spec.completions=2 & spec.successPolicy={'rules':[]}"
            + "                                                 | spec.successPolicy.rules REQUIRED",
        "spec.completionMode='Indexed' & spec.completions=2"
            + " & spec.successPolicy={'rules':[{'succeededIndexes':'1,0'}]}"
            + "                             | spec.successPolicy.rules[0].succeededIndexes INVALID",
        "spec.completionMode='Indexed' & spec.completions=2"
            + " & spec.successPolicy={'rules':[{'succeededCount':3}]}"
            + "                               | spec.successPolicy.rules[0].succeededCount INVALID",
        "spec.podFailurePolicy={'rules':[{'action':'FailIndex','onExitCodes':"
            + "{'operator':'In','values':[1]}}]} | spec.podFailurePolicy.rules[0].action INVALID",
        "spec.podFailurePolicy={'rules':[{'action':'Count','onExitCodes':"
            + "{'operator':'NotIn','values':[2,1]}}]}"
            + "                            | spec.podFailurePolicy.rules[0].onExitCodes.values INVALID",
        "spec.podFailurePolicy={'rules':[{'action':'Count','onExitCodes':"
            + "{'containerName':'n','operator':'In','values':[1]}}]}"
            + "                   | spec.podFailurePolicy.rules[0].onExitCodes.containerName INVALID",
        "spec.podReplacementPolicy='X'               | spec.podReplacementPolicy NOT_SUPPORTED",
        "spec.template.spec.restartPolicy='X'"
            + "                              | spec.template.spec.restartPolicy NOT_SUPPORTED"
      })
  void refusesJob(String change, String expected) {
    assertThat(JOB.create(change)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                     | spec.template.spec.nodeSelector={'a':'b'} | spec.template INVALID",
        "spec.suspend=true      | spec.template.spec.nodeSelector={'a':'b'} | ''",
        "spec.suspend=true & status.active=1 | spec.template.spec.nodeSelector={'a':'b'}"
            + " | spec.template INVALID",
        "spec.suspend=true      | spec.template.spec.containers.0.resources={'requests':{'cpu':'1'}}"
            + " | ''",
        "spec.completionMode='Indexed' & spec.completions=2 & spec.parallelism=2"
            + " | spec.completions=3 & spec.parallelism=3 | ''",
        "spec.completionMode='Indexed' & spec.completions=2 & spec.parallelism=2"
            + " | spec.completions=3 | spec.completions INVALID",
        "''                     | spec.managedBy='a.io/b' | spec.managedBy INVALID",
        "''                     | spec.parallelism=5 | ''"
      })
  void changesOfJobs(String before, String change, String expected) {
    assertThat(JOB.update(before, change, "")).isEqualTo(list(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status.succeeded=2 | status.succeeded=1 | status.succeeded INVALID",
        "status.startTime='2026-01-01T00:00:00Z' | status.startTime=null"
            + " | status.startTime REQUIRED",
        "''  | status.conditions=[{'type':'Failed','status':'True'}]"
            + " & status.startTime='2026-01-01T00:00:00Z' | status.conditions INVALID",
        "''  | status.uncountedTerminatedPods={'succeeded':['a','a']}"
            + " | status.uncountedTerminatedPods.succeeded[1] DUPLICATE",
        "spec.completionMode='Indexed' & spec.completions=3"
            + " | status.completedIndexes='0,3' | status.completedIndexes INVALID",
        "spec.completionMode='Indexed' & spec.completions=5 & spec.backoffLimitPerIndex=1"
            + " | status.completedIndexes='0-2' & status.failedIndexes='2'"
            + " | status.failedIndexes INVALID",
        "''  | status.failedIndexes='0' | status.failedIndexes INVALID",
        "''  | status.active=1 & status.ready=1 | ''"
      })
  void statusOfJobs(String before, String change, String expected) {
    assertThat(JOB.update(before, change, "status")).isEqualTo(list(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "@every 1h30m       | ''",
        "@daily             | ''",
        "*/5 9-17 ? JAN-MAR MON,wed | ''",
        "5/10 * * * *       | ''",
        "@often             | unrecognized descriptor: @often",
        "@every soon        | 'failed to parse duration @every soon: time: invalid duration \"soon\"'",
        "* 24 * * *         | end of range (24) above maximum (23): 24",
        "* * 0 * *          | beginning of range (0) below minimum (1): 0",
        "30-10 * * * *      | beginning of range (30) beyond end of range (10): 30-10",
        "1-2-3 * * * *      | too many hyphens: 1-2-3",
        "*/1/2 * * * *      | too many slashes: */1/2",
        "*/0 * * * *        | step of range should be a positive number: */0",
        "x * * * *          | 'failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax'",
        "* * * *            | 'expected exactly 5 fields, found 4: [* * * *]'",
        "TZ=Mars/X * * * * * | provided bad location Mars/X: unknown time zone Mars/X"
      })
  void readsSchedules(String schedule, String wrong) {
    assertThat(CronSchedule.wrong(schedule).orElse("")).isEqualTo(wrong);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.timeZone=''             | spec.timeZone INVALID",
        "spec.timeZone='../etc'       | spec.timeZone INVALID",
        "spec.timeZone='Europe/Paris' | ''",
        "spec.jobTemplate.spec.selector={'matchLabels':{'a':'b'}}"
            + "                       | spec.jobTemplate.spec.selector INVALID",
        "spec.jobTemplate.spec.parallelism=-1 | spec.jobTemplate.spec.parallelism INVALID"
      })
  void rulesOfCronJobs(String change, String expected) {
    assertThat(CRON.create(change)).isEqualTo(list(expected));
  }

  private static List<String> list(String expected) {
    return expected.isEmpty() ? List.of() : List.of(expected);
  }
}
