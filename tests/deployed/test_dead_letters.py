"""A message that cannot be worked on is set aside after as many attempts as the template says."""

import pytest
from people.waiting import eventually

POISON = '{"detail": "not an environment"}'
SETTLE_SECS = 60


@pytest.fixture
def queue(installation):
    """The queue, with little waiting between two attempts. Nothing else is being worked on now."""
    sqs = installation.emulator.client("sqs")
    url = installation.stack.physical_ids()["ProvisionQueue"]
    deployed = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    yield url
    sqs.set_queue_attributes(QueueUrl=url, Attributes=deployed)


def test_a_poisoned_message_ends_among_the_dead_letters(installation, queue):
    sqs = installation.emulator.client("sqs")
    dead_letters = installation.stack.outputs()["ProvisionDeadLettersUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody=POISON)

    def dead():
        return sqs.receive_message(QueueUrl=dead_letters).get("Messages")

    (message,) = eventually("the poisoned message among the dead letters", dead, SETTLE_SECS)
    assert message["Body"] == POISON
    attempts = installation.logged("left in the queue")
    redrive = installation.template.of_type("AWS::SQS::Queue")["ProvisionQueue"]["RedrivePolicy"]
    assert len(attempts) == redrive["maxReceiveCount"], attempts
    sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=message["ReceiptHandle"])
