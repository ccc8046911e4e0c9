"""Confluent's own Python client against our registry, serde and partitioning; driven by ConfluentPythonTest.

usage: confluent_client.py BOOTSTRAP REGISTRY QUESTION_SCHEMA_FILE

Writes what it saw to standard output as one JSON object; an assertion that fails ends it with a non-zero code.
"""
import datetime
import json
import sys

from confluent_kafka import Consumer, Producer
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

QUESTIONS, ANSWERS = "qa.questions.v1", "qa.answers.v1"
KEYS = 40


def registry_calls(client, fresh):
    """Every call of the client that people use, on a subject of its own."""
    subject = "python items/ü-value"
    one = Schema('{"type":"record","name":"P","fields":[{"name":"a","type":"string"}]}', "AVRO")
    two = Schema('{"type":"record","name":"P","fields":[{"name":"a","type":"string"},'
                 '{"name":"b","type":"int","default":0}]}', "AVRO")
    broken = Schema('{"type":"record","name":"P","fields":[{"name":"c","type":"int"}]}', "AVRO")
    first = client.register_schema(subject, one)
    assert client.register_schema(subject, one) == first
    assert client.test_compatibility(subject, two)
    assert not client.test_compatibility(subject, broken)
    try:
        client.register_schema(subject, broken)
        raise AssertionError("an incompatible schema was taken")
    except SchemaRegistryError as refused:
        assert (refused.http_status_code, refused.error_code) == (409, 409), refused
    second = client.register_schema(subject, two)
    latest = client.get_latest_version(subject)
    assert (latest.schema_id, latest.version, latest.subject) == (second, 2, subject), latest
    assert client.get_version(subject, 1).schema_id == first
    assert client.get_versions(subject) == [1, 2]
    assert client.lookup_schema(subject, one).version == 1
    assert json.loads(client.get_schema(first).schema_str) == json.loads(one.schema_str)
    assert subject in client.get_subjects()
    assert client.get_compatibility() == "BACKWARD"
    client.set_compatibility(subject, "FULL_TRANSITIVE")
    assert client.get_compatibility(subject) == "FULL_TRANSITIVE"
    assert client.delete_version(subject, 2) == 2
    assert client.delete_subject(subject) == [1]
    assert client.delete_subject(subject, permanent=True) == [1, 2]
    try:
        fresh.get_latest_version(subject)  # the other client has it in its cache
        raise AssertionError("a deleted subject is still there")
    except SchemaRegistryError as absent:
        assert (absent.http_status_code, absent.error_code) == (404, 40401), absent


def question(text, ask_id):
    asked = datetime.datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=datetime.timezone.utc)
    return {"text": text, "askId": ask_id, "askedAt": asked, "choices": ["Lima", "Cusco"], "context": None,
            "domain": "geo", "tenant": "python", "attributes": {"client": "confluent-kafka"},
            "options": {"channel": "champion", "maxTokens": 8, "seed": 5}}


def produce(bootstrap, client, schema):
    """Questions by a released schema, routed as Java clients do, then by librdkafka's default."""
    for ask_id, config in (("murmur2", {"partitioner": "murmur2_random"}), ("default", {})):
        serializer = AvroSerializer(client, schema)
        producer = Producer({"bootstrap.servers": bootstrap, **config})
        for i in range(KEYS):
            value = serializer(question(f"Frage {i}: größte Stadt?", ask_id),
                               SerializationContext(QUESTIONS, MessageField.VALUE))
            producer.produce(QUESTIONS, key=f"item/{i}", value=value)
        assert producer.flush(30) == 0


def consume(bootstrap, client):
    """The one answer that our serializer wrote."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "python", "auto.offset.reset": "earliest",
                         "isolation.level": "read_committed"})
    consumer.subscribe([ANSWERS])
    deserializer = AvroDeserializer(client)
    try:
        for _ in range(60):
            message = consumer.poll(1.0)
            if message is not None and not message.error():
                value = deserializer(message.value(), SerializationContext(ANSWERS, MessageField.VALUE))
                return {"key": message.key().decode(), "value": value}
        raise AssertionError("no answer came")
    finally:
        consumer.close()


def main(bootstrap, registry, schema_file):
    client = SchemaRegistryClient({"url": registry})
    registry_calls(client, SchemaRegistryClient({"url": registry}))
    with open(schema_file, encoding="utf-8") as schema:
        produce(bootstrap, client, schema.read())
    json.dump(consume(bootstrap, client), sys.stdout, default=lambda value: value.isoformat())


if __name__ == "__main__":
    main(*sys.argv[1:])
